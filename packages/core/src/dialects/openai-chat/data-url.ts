import type { MediaSource } from '../conversation.ts'
import { invalidMember } from '../members.ts'

/** The longest head that is looked at: the payload behind it can be tens of megabytes. */
const longestHead = 1024

/**
 * Takes `data:<media type>[;parameter…];base64,<data>` apart.
 *
 * @throws GatewayError `invalid_request` naming `path` when the URL is not base64.
 */
export function parseDataUrl(url: string, path: string): Extract<MediaSource, { kind: 'base64' }> {
  const comma = url.slice(0, longestHead).indexOf(',')
  const [mediaType = '', ...parameters] = url
    .slice('data:'.length, Math.max(comma, 0))
    .toLowerCase()
    .split(';')
  if (comma === -1 || parameters.at(-1)?.trim() !== 'base64') {
    throw invalidMember(path, 'a base64 data URL (`data:<media type>;base64,<data>`)')
  }
  return { kind: 'base64', mediaType: mediaType.trim(), data: url.slice(comma + 1) }
}
