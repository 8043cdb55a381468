/** What providers put before their secrets; public knowledge, and a help to tell keys apart. */
const publicPrefixes = [
  ...['sk-ant-api03-', 'sk-ant-admin01-', 'sk-ant-', 'sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-or-v1-'],
  ...['sk-', 'AIza', 'xai-', 'gsk_', 'pplx-', 'hf_', 'r8_', 'fw_', 'nvapi-', 'tgp_v1_'],
]

/**
 * A provider's secret as it may be shown: its well-known prefix and, of a long one, the last four characters.
 *
 * @example
 * redactSecret('sk-proj-…0123456789abcdefghij') // 'sk-proj-…ghij'
 */
export function redactSecret(value: string): string {
  const prefix = publicPrefixes.find((known) => value.startsWith(known)) ?? ''
  const hidden = value.length - prefix.length
  return `${prefix}…${hidden >= 20 ? value.slice(-4) : ''}`
}
