export { type InstrumentOptions, instrument } from './telemetry/opentelemetry/instrument.ts'
