export {
  type CreditInterleavingOptions,
  describeCreditInterleavings,
} from './credits/conformance/interleavings/describe-credit-interleavings.ts'
export {
  type CreditModelOptions,
  describeCreditModel,
} from './credits/conformance/model/describe-credit-model.ts'
export type { Arbitrary, FastCheck } from './credits/conformance/model/fast-check.ts'
export type { CreateDriver, TestFunction } from './credits/conformance/options.ts'
export { type ConformanceOptions, describeCreditDriver } from './credits/conformance.ts'
export { createMemoryCreditDriver, type MemoryCreditDriverOptions } from './credits/memory-driver.ts'
