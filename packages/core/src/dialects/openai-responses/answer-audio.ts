import type { MediaDelta } from '../delta.ts'
import type { Output } from './answer-item.ts'
import { createMessageItem } from './answer-text.ts'

/** Collects sound, which comes in pieces. */
export interface AudioItem {
  /** The events of a piece. */
  push(output: Output, delta: MediaDelta): string
  end(output: Output): string
}

/**
 * Sound is told as it comes. In the end it is a message whose text is what was said, with the sound itself as the
 * member `audio` of that text: clients refuse answers that hold parts of other types.
 */
export function createAudioItem(): AudioItem {
  const pieces: Buffer[] = []
  let transcript = ''
  let format = ''
  return {
    push({ writer }, delta) {
      pieces.push(Buffer.from(delta.data, 'base64'))
      format = delta.mediaType.replace('audio/', '')
      const sound = delta.data === '' ? '' : writer.event('response.audio.delta', { delta: delta.data })
      if (!delta.transcript) return sound
      transcript += delta.transcript
      return sound + writer.event('response.audio.transcript.delta', { delta: delta.transcript })
    },
    end(output) {
      if (pieces.length === 0) return ''
      const audio = { data: Buffer.concat(pieces).toString('base64'), format }
      const message = createMessageItem(output, false, { audio })
      return (
        output.writer.event('response.audio.done', {}) +
        (transcript === '' ? '' : output.writer.event('response.audio.transcript.done', {})) +
        message.begin() +
        (transcript === '' ? '' : message.push({ type: 'text', index: 0, text: transcript })) +
        message.end()
      )
    },
  }
}
