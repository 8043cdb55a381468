import type { Delta } from '../delta.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { viewUsage } from '../usage-view.ts'
import { createBlockReader } from './block-reader.ts'
import { endingOf } from './finish-reasons.ts'
import { createConverseUsageReader } from './usage.ts'

/** Events of one answer in, by their names; hub deltas out. */
export interface AnswerParser {
  push(name: string | undefined, data: JsonObject): readonly Delta[]
  /** The finish of an answer whose usage never came. */
  end(): readonly Delta[]
}

/** The finish waits for the usage, which comes behind the end of the answer. */
export function createAnswerParser(): AnswerParser {
  const blocks = createBlockReader()
  const usage = createConverseUsageReader({})
  let hasStarted = false
  let outcome: JsonObject | undefined

  function start(): readonly Delta[] {
    if (hasStarted) return []
    hasStarted = true
    return [{ type: 'start', id: '', model: '' }]
  }

  function finish(metadata: JsonObject): readonly Delta[] {
    if (outcome === undefined) return []
    usage.read(metadata)
    const view = viewUsage(usage.result())
    const { stopReason, additionalModelResponseFields: fields } = outcome
    const sequence = isJsonObject(fields) ? fields.stop_sequence : undefined
    const tier = isJsonObject(metadata.serviceTier) ? metadata.serviceTier.type : undefined
    outcome = undefined
    return [
      {
        type: 'finish',
        ...endingOf(stopReason),
        ...(typeof sequence === 'string' ? { stopSequence: sequence } : {}),
        ...(view === undefined ? {} : { usage: view }),
        ...(typeof tier === 'string' ? { serviceTier: tier } : {}),
      },
    ]
  }

  return {
    push(name, data) {
      switch (name) {
        case 'messageStart':
          return start()
        case 'contentBlockStart':
          return [...start(), ...blocks.start(data.contentBlockIndex, data.start)]
        case 'contentBlockDelta':
          return [...start(), ...blocks.delta(data.contentBlockIndex, data.delta)]
        case 'contentBlockStop':
          return blocks.stop()
        case 'messageStop':
          outcome = data
          return [...start(), ...blocks.stop()]
        case 'metadata':
          return finish(data)
        default:
          return []
      }
    },
    end: () => finish({}),
  }
}
