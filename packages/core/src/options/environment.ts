/** Variables of the environment that options fall back to; an empty one counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>

export function readVariable(environment: Environment, name: string): string | undefined {
  const value = name === '' ? undefined : environment[name]?.trim()
  return value === '' ? undefined : value
}
