import type { MediaSource } from '../conversation.ts'

/** An address, or the media itself as a `data:` URL. */
export function mediaUrl(source: Exclude<MediaSource, { kind: 'file' }>): string {
  return source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`
}
