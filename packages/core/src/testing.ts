export {
  type ConformanceOptions,
  describeCreditDriver,
  type TestFunction,
} from './credits/conformance.ts'
export { createMemoryCreditDriver, type MemoryCreditDriverOptions } from './credits/memory-driver.ts'
