import type { Delta } from '../delta.ts'
import { renderFinishReason } from '../openai-chat/answer-end.ts'

type Finish = Extract<Delta, { type: 'finish' }>

/** Without tools there is nothing but text to end with. */
export function completionFinish({ reason }: Pick<Finish, 'reason'>): string {
  return renderFinishReason(reason === 'tool-calls' ? 'stop' : reason)
}
