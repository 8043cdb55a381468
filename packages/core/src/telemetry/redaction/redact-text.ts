/** What stands where a secret was. */
export const redactedMark = '[redacted]'

/** Characters of one text that are looked through; what is longer is a payload, and no message. */
const longestText = 32_768
/** Of a text that is cut, so much goes at its end: half a secret cannot be told from a word. */
const cutMargin = 4096
/** Shorter ones are words that stand in many texts. */
const shortestSecret = 8

/** What secrets look like that nobody has told us of. What is kept of each is not secret, and helps to find it. */
const shapes: readonly (readonly [RegExp, string])[] = [
  [/\b(tgm?_[0-9A-Za-z]{12}_)[0-9A-Za-z]{16,}/g, `$1${redactedMark}`],
  [/\btgm?_[0-9A-Za-z]{20,}/g, redactedMark],
  [/\b(sk-(?:ant-|proj-|or-v1-|svcacct-|admin-)?)[0-9A-Za-z_-]{8,}/g, `$1${redactedMark}`],
  [/\bAIza[0-9A-Za-z_-]{16,}/g, `AIza${redactedMark}`],
  [/\b(A(?:KIA|SIA|BSK))[0-9A-Za-z]{12,}/g, `$1${redactedMark}`],
  [/\b(xai-|gsk_|pplx-|hf_|r8_|fw_|nvapi-|tgp_v1_)[0-9A-Za-z_-]{8,}/g, `$1${redactedMark}`],
  [/\bya29\.[0-9A-Za-z_-]{8,}/g, `ya29.${redactedMark}`],
  [/\beyJ[0-9A-Za-z_-]{8,2048}\.[0-9A-Za-z_-]{4,}(?:\.[0-9A-Za-z_-]*)?/g, redactedMark],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?/g, redactedMark],
  [
    /(["']?\b(?:proxy-)?authorization\b\\*["']?\s*[:=]\s*)(?:\\*"[^"]*"|'[^']*'|(?:[A-Za-z0-9-]+[ \t]+)?(?:\[redacted\]|[^\s,;}\]]+))/gi,
    `$1${redactedMark}`,
  ],
  [
    /(["']?\b(?:x-(?:goog-)?api-key|api[-_]?key|secret(?:[-_]?access[-_]?key)?|client[-_]?secret|password|(?:access|refresh|id|session|security)[-_]?token|cookie|set-cookie)\b\\*["']?\s*[:=]\s*)(?:\\*"[^"]*"|'[^']*'|\[redacted\]|[^\s,;&}\]]+)/gi,
    `$1${redactedMark}`,
  ],
  [/\b(Bearer|Basic)\s+[0-9A-Za-z._~+/=-]{8,}/gi, `$1 ${redactedMark}`],
  [
    /([?&](?:key|token|sig|signature|x-amz-signature|x-amz-security-token)=)[^&\s"'<>]+/gi,
    `$1${redactedMark}`,
  ],
  [/(\w:\/\/)[^/\s:@"']*:[^/\s@"']+@/g, `$1${redactedMark}@`],
]

/**
 * Takes secrets out of a text: those that are given, as they are and as JSON and addresses write them, and whatever
 * has the shape of one.
 *
 * @param secrets Looked for as they are.
 * @example
 * redactText('Bad key sk-proj-0123456789', []) // 'Bad key sk-proj-[redacted]'
 */
export function redactText(text: string, secrets: Iterable<string>): string {
  const isCut = text.length > longestText
  let shown = isCut ? text.slice(0, longestText) : text
  for (const secret of secrets) {
    for (const spelled of spellings(secret)) shown = shown.replaceAll(spelled, redactedMark)
  }
  for (const [shape, mask] of shapes) shown = shown.replace(shape, mask)
  if (!isCut) return shown
  const kept = shown.slice(0, Math.max(0, shown.length - cutMargin))
  return `${kept}… (${text.length} characters)`
}

/** Made once for each secret, since every text is searched for all of them. */
const known = new Map<string, readonly string[]>()
const mostKnown = 2000

function spellings(secret: string): readonly string[] {
  const made = known.get(secret)
  if (made) return made
  if (known.size >= mostKnown) known.clear()
  const spelled = secret.length < shortestSecret ? [] : spell(secret)
  known.set(secret, spelled)
  return spelled
}

function spell(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1)
  return [...new Set([secret, json, JSON.stringify(json).slice(1, -1), encodeSafely(secret)])]
}

/** A lone surrogate cannot be written in an address. */
function encodeSafely(secret: string): string {
  try {
    return encodeURIComponent(secret)
  } catch {
    return secret
  }
}
