/** Formats of sound by media type, where the names differ. */
const formats: ReadonlyMap<string, string> = new Map([
  ['x-wav', 'wav'],
  ['wave', 'wav'],
  ['mpeg', 'mp3'],
])

/** `audio/x-wav` → `wav`, in the words that other dialects use. */
export function audioFormatOf(mediaType: string): string {
  const format = mediaType.toLowerCase().slice('audio/'.length)
  return formats.get(format) ?? format
}

export function mediaTypeOfAudio(format: string): string {
  return `audio/${format}`
}

const byEnding: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['webp', 'image/webp'],
  ['gif', 'image/gif'],
  ['heic', 'image/heic'],
  ['heif', 'image/heif'],
  ['pdf', 'application/pdf'],
  ['txt', 'text/plain'],
  ['mp4', 'video/mp4'],
  ['webm', 'video/webm'],
  ['mov', 'video/quicktime'],
])

/** What an address that comes without a media type points to; Google's API wants to be told. */
export function mediaTypeOfUrl(url: string, kind: 'image' | 'document'): string {
  const ending = /\.([a-z0-9]+)(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase() ?? ''
  return byEnding.get(ending) ?? (kind === 'image' ? 'image/jpeg' : 'application/pdf')
}

/** Addresses of files that only Google can read. */
export function isGoogleFile(uri: string): boolean {
  return !/^https?:/i.test(uri) || /^https:\/\/generativelanguage\.googleapis\.com\//i.test(uri)
}
