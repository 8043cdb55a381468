export { createMetrics, type Metrics, type MetricsOptions } from './telemetry/prometheus/create-metrics.ts'
