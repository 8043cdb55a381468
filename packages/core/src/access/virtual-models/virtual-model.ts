import type { TargetStrategyName } from '../../options/options.ts'

/** A model that a virtual model stands for, as it is written in requests. */
export interface VirtualTarget {
  readonly model: string
  /** Of `weighted`: how many conversations it gets, beside the others. @default 1 */
  readonly weight?: number | undefined
}

/** As it is stored. */
export interface VirtualModelRecord {
  /** Its name in small letters, behind the account's where it is an account's: `acme/fast`. */
  readonly id: string
  readonly name: string
  /** Whose calls may use it. Undefined for everybody's. */
  readonly account?: string
  readonly targets: readonly VirtualTarget[]
  /** Undefined where that of the call goes for it. */
  readonly strategy?: TargetStrategyName
  /** One higher with every change. */
  readonly version: number
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly updatedAt: number
}

/** A name that stands for other models. */
export interface VirtualModel extends VirtualModelRecord {
  /** What has become wrong since it was made, in sentences. */
  readonly warnings: readonly string[]
  /** It stands in the gateway's options, where alone it can be changed. */
  readonly isOption: boolean
}

/** Where the record of a name is; no name holds a slash, so no two records share an id. */
export function virtualModelId(name: string, account: string | undefined): string {
  const folded = name.toLowerCase()
  return account === undefined ? folded : `${account}/${folded}`
}
