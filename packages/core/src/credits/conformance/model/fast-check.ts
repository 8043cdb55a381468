/** A generator of fast-check. Only what tells it from others is named. */
export interface Arbitrary<Value> {
  generate(random: never, bias: number | undefined): { readonly value: Value }
}

interface Lengths {
  readonly maxLength: number
  readonly size: 'max'
}

interface Parameters {
  readonly numRuns: number
  readonly seed?: number
  readonly path?: string
}

/** What the model needs of fast-check, handed in so that the package does not depend on it. */
export interface FastCheck {
  nat(max: number): Arbitrary<number>
  constantFrom<Value>(...values: Value[]): Arbitrary<Value>
  record<Value>(members: { [Name in keyof Value]: Arbitrary<Value[Name]> }): Arbitrary<Value>
  array<Value>(item: Arbitrary<Value>, limits: Lengths): Arbitrary<Value[]>
  asyncProperty<Value>(arbitrary: Arbitrary<Value>, body: (value: Value) => Promise<void>): unknown
  assert(property: never, parameters: Parameters): unknown
}
