import fc from 'fast-check'
import type { AudioPart, DocumentPart, ImagePart } from '../../../packages/core/src/dialects/conversation.ts'
import type { MediaKind, Vocabulary } from './vocabulary.ts'

type Media = Omit<ImagePart, 'path'> | Omit<DocumentPart, 'path'> | Omit<AudioPart, 'path'>

const file = (mediaType: string, data: string) =>
  ({
    type: 'document',
    source: { kind: 'base64', mediaType, data: Buffer.from(data).toString('base64') },
  }) as const

const kinds: Readonly<Record<MediaKind, Media>> = {
  image: { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } },
  'image-url': { type: 'image', source: { kind: 'url', url: 'https://example.com/p%20q.png?a=1&b=2' } },
  'image-file': { type: 'image', source: { kind: 'file', id: 'file_image' } },
  pdf: file('application/pdf', '%PDF-1.7 é'),
  'text-file': file('text/plain', 'Ünïcode\r\n'),
  'document-url': { type: 'document', source: { kind: 'url', url: 'https://example.com/a.pdf' } },
  'document-file': { type: 'document', source: { kind: 'file', id: 'file_document' } },
  'document-text': { type: 'document', source: { kind: 'text', text: ' Ünïcode\r\n text ' } },
  audio: { type: 'audio', data: 'UklGRg==', format: 'wav' },
  video: file('video/mp4', 'ftyp'),
}

/** Pictures, files and sound of these kinds. */
export function drawMedia(
  names: readonly MediaKind[],
  { titles, detail }: Pick<Vocabulary, 'titles' | 'detail'>,
): fc.Arbitrary<Media> {
  return fc.tuple(fc.constantFrom(...names), fc.boolean()).map(([name, more]) => {
    const media = kinds[name]
    if (media.type === 'image' && detail && more) return { ...media, detail: 'high' }
    return media.type === 'document' && titles && more ? { ...media, title: 'Ünï name.pdf' } : media
  })
}
