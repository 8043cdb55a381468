type RequiredNames<Value> = {
  [Name in keyof Value]-?: undefined extends Value[Name] ? never : Name
}[keyof Value]

/** Members that may be undefined become members that may be missing. */
export type WithoutAbsent<Value> = {
  [Name in keyof Value as Name extends RequiredNames<Value> ? Name : never]: Value[Name]
} & {
  [Name in keyof Value as Name extends RequiredNames<Value> ? never : Name]?: Exclude<Value[Name], undefined>
}

/** A copy without the members that are undefined. */
export function withoutAbsent<Value extends object>(value: Value): WithoutAbsent<Value> {
  const present = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(present) as WithoutAbsent<Value>
}
