import { describe, test } from 'vitest'
import { checkPair } from './check-pair.ts'
import { drawConversation } from './conversations.ts'
import { holds } from './holds.ts'
import { targets } from './targets.ts'
import { sources } from './vocabularies.ts'

const runs = 100

describe.each(targets)('towards $dialect, $model', (target) => {
  test.each(sources.filter(({ dialect }) => dialect !== target.dialect))(
    'a conversation of $dialect arrives, or its client hears what does not',
    ({ dialect, words, model }) => {
      holds(drawConversation(dialect, words), runs, (conversation) =>
        checkPair({ dialect, model }, target, conversation),
      )
    },
  )
})
