import type { CreditRequest, ExtendRequest, HoldRequest, SettleRequest } from '../driver.ts'

/** Members of a request, which may be anything for those who write no types. */
type Bad<Request> = { readonly [Member in keyof Request]?: unknown }

/** What is wrong, as the refusal names it, and the members that are. */
export type BadRequests<Request> = readonly (readonly [param: string, members: Bad<Request>])[]

/** Not every store keeps these as they are. */
export const badNames: readonly unknown[] = [
  '',
  'zero\0character',
  'half \ud83d of a character',
  '\udc00',
  'a'.repeat(1025),
  '\u20ac'.repeat(342),
  'long '.repeat(2400),
  undefined,
  null,
  7,
]

const badAmounts: readonly unknown[] = [-1n, 2n ** 53n, 10n ** 30n, 1, 1.5, Number.NaN, '1', null]
const badNumbers: readonly unknown[] = [
  -1,
  1000.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 53,
  '60',
  1n,
  null,
]

const named = (member: string, values: readonly unknown[]) =>
  values.map((value) => [member, { [member]: value }] as const)
const inSet = (member: string, values: readonly unknown[]) =>
  values.flatMap((value) => [
    [`limits.0.${member}`, { limits: [{ id: 'key', [member]: value }] }] as const,
    [`limits.1.${member}`, { limits: [{ id: 'key' }, { id: 'account', [member]: value }] }] as const,
  ])
const inSpend = (window: string, values: readonly unknown[]) =>
  values.map(
    (value) => [`limits.0.spend.${window}`, { limits: [{ id: 'key', spend: { [window]: value } }] }] as const,
  )

const badTtls = named('ttlMs', [...badNumbers, 0, -0, 1e15])

export const badHolds: BadRequests<HoldRequest> = [
  ...named('id', badNames),
  ...named('account', badNames),
  ...named('amount', [...badAmounts, undefined]),
  ...named('minimum', badAmounts),
  ...badTtls,
  ['ttlMs', { ttlMs: undefined }],
  ['share', { share: null }],
  ...[...badNumbers, 0, undefined].map((of) => ['share.of', { share: { of, atLeast: 1n } }] as const),
  ...badAmounts.map((atLeast) => ['share.atLeast', { share: { of: 2, atLeast } }] as const),
  ...named('limits', [
    null,
    {},
    'key',
    { id: 'key' },
    Array.from({ length: 5 }, (_, index) => ({ id: `${index}` })),
  ]),
  ...[null, undefined, 'key', []].map((set) => ['limits.0', { limits: [set] }] as const),
  ['limits.1.id', { limits: [{ id: 'key' }, { id: 'key' }] }],
  ['limits.3.id', { limits: [{ id: 'a' }, { id: 'key' }, { id: 'b' }, { id: 'key' }] }],
  ...inSet('id', badNames),
  ...inSet('spend', [null, [], 5n, '5', { year: 5n }, { '': 5n }, { constructor: 5n }]),
  ...inSpend('day', [-1n, 5, 5.5, '5', Number.POSITIVE_INFINITY, null]),
  ...inSpend('lifetime', [-1n, null]),
  ...inSet('rpm', badNumbers),
  ...inSet('tpm', badNumbers),
  ...inSet('concurrency', badNumbers),
  ...named('tokens', badNumbers),
]

export const badExtensions: BadRequests<ExtendRequest> = [
  ...named('toAmount', badAmounts),
  ...named('minimum', badAmounts),
  ...badTtls,
]

/** A level for each. */
function nest(levels: number): object {
  let value: object = {}
  for (let level = 1; level < levels; level += 1) value = { in: value }
  return value
}

const circle: Record<string, unknown> = {}
circle.self = circle

const badMeta: readonly unknown[] = [
  null,
  'text',
  [1],
  { count: 1n },
  { list: [{ deep: 1n }] },
  { call: () => 1 },
  { symbol: Symbol('none') },
  { at: new Date(0) },
  circle,
  nest(33),
  { text: 'x'.repeat(2 ** 20) },
]

export const badSettlements: BadRequests<SettleRequest> = [
  ...named('id', badNames),
  ...named('account', badNames),
  ...named('modelCost', [...badAmounts, undefined]),
  ...named('fee', [...badAmounts, undefined]),
  ...named('overrun', ['all', '', 'constructor', null]),
  ...named('meta', [...badMeta, undefined]),
]

export const badCredits: BadRequests<CreditRequest> = [
  ...named('ref', badNames),
  ...named('account', badNames),
  ...named('amount', [...badAmounts, 0n, undefined]),
  ...named('kind', ['gift', 'settle', '', 'constructor', null, undefined]),
  ...named('expiresAt', [...badNumbers, 0, 8_640_000_000_000_001]),
  ...named('meta', badMeta),
]
