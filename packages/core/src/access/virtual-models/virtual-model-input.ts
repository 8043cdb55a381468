import { z } from 'zod'
import type { TargetStrategyName } from '../../options/options.ts'
import { accountName } from '../member-input.ts'
import type { VirtualTarget } from './virtual-model.ts'

/** What makes a virtual model. */
export interface CreateVirtualModel {
  /** 1 to 64 letters, digits, dots, underscores or hyphens; no model's. */
  readonly name: string
  /** 1 to 10 models, each as it is written in requests. */
  readonly targets: readonly (string | VirtualTarget)[]
  /** @default that of the call, from `selection` or the key's policy */
  readonly strategy?: TargetStrategyName | undefined
  /** Whose calls may use it. @default everybody's */
  readonly account?: string | undefined
}

/** A member left out stays as it is; null clears it. */
export interface UpdateVirtualModel {
  readonly targets?: readonly (string | VirtualTarget)[] | undefined
  readonly strategy?: TargetStrategyName | null | undefined
}

const model = z.string().min(1).max(256)
const target = z.union([
  model.transform((name): VirtualTarget => ({ model: name })),
  z.strictObject({ model, weight: z.number().positive().max(1_000_000).optional() }),
])
const targets = z.array(target).min(1, 'must be 1 to 10 models').max(10, 'must be 1 to 10 models')
const strategy = z.enum(['order', 'weighted', 'price', 'latency', 'throughput', 'random'])

export const createVirtualModelSchema = z.strictObject({
  name: z.string(),
  targets,
  strategy: strategy.optional(),
  account: accountName.optional(),
})

export const updateVirtualModelSchema = z.strictObject({
  targets: targets.optional(),
  strategy: strategy.nullish(),
})

export const listVirtualModelsSchema = z.strictObject({ account: accountName.optional() })
