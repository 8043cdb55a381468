import type { CircuitRules } from './circuit.ts'
import type { CoolDownRules } from './cool-down.ts'

const second = 1000
const minute = 60 * second

export const circuitRules: CircuitRules = {
  failures: 5,
  errorShare: 0.5,
  minimumVolume: 20,
  windowMs: minute,
  shortestMs: second,
  longestMs: minute,
  probeMs: minute,
}

export const coolDownRules: CoolDownRules = {
  authMs: 5 * minute,
  quotaMs: 10 * minute,
  rateMs: second,
  longestMs: 60 * minute,
  windowMs: minute,
  probeMs: minute,
}
