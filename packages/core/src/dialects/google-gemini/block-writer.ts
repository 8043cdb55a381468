import type { Delta } from '../delta.ts'
import type { JsonObject } from '../json.ts'
import type { Seal } from '../seal.ts'
import { createPartialArguments, type PartialArguments } from './partial-arguments.ts'

interface OpenText {
  readonly kind: 'text' | 'thinking'
  readonly index: number
  text: string
  seal?: Seal
}
interface OpenCall {
  readonly kind: 'call'
  readonly index: number
  readonly args: PartialArguments
}

/** A piece of text or of thinking. */
export interface Piece {
  readonly kind: OpenText['kind']
  readonly text: string
  readonly seal?: Seal | undefined
  readonly logprobs?: readonly JsonObject[] | undefined
}

/** Puts the parts of an answer, which have no beginning and no end, into blocks. */
export interface BlockWriter {
  write(piece: Piece): void
  /** Opens a call; its arguments follow. */
  call(id: string, name: string, seal: Seal | undefined): PartialArguments
  /** Of the call that is open. */
  arguments(): PartialArguments | undefined
  close(): void
}

/**
 * @param emit Takes the deltas in their order.
 * @param closing Is asked for what belongs to a text block before it is closed.
 */
export function createBlockWriter(
  emit: (delta: Delta) => void,
  closing: (text: string, index: number) => readonly Delta[],
): BlockWriter {
  let next = 0
  let open: OpenText | OpenCall | undefined

  function close(): void {
    const block = open
    open = undefined
    if (block === undefined) return
    const { index } = block
    if (block.kind === 'call') emit({ type: 'tool-arguments', index, json: block.args.json() })
    else {
      if (block.kind === 'text') for (const delta of closing(block.text, index)) emit(delta)
      if (block.seal !== undefined) emit({ type: 'seal', index, seal: block.seal })
    }
    emit({ type: 'block-stop', index })
  }

  /** What is sealed is whole: more text of its kind is another block. */
  function blockOf(kind: Piece['kind']): OpenText {
    if (open?.kind === kind && open.seal === undefined) return open
    close()
    const block: OpenText = { kind, index: next, text: '' }
    next += 1
    open = block
    emit({ type: kind === 'text' ? 'text-start' : 'thinking-start', index: block.index })
    return block
  }

  return {
    close,
    write({ kind, text, seal, logprobs }) {
      if (text === '' && seal === undefined) return
      const block = blockOf(kind)
      block.text += text
      if (seal !== undefined) block.seal = seal
      if (text === '') return
      if (logprobs === undefined) emit({ type: kind, index: block.index, text })
      else emit({ type: 'text', index: block.index, text, logprobs })
    },
    call(id, name, seal) {
      close()
      const call: OpenCall = { kind: 'call', index: next, args: createPartialArguments() }
      next += 1
      open = call
      const start: Delta = { type: 'tool-start', index: call.index, id, name }
      emit(seal === undefined ? start : { ...start, seal })
      return call.args
    },
    arguments: () => (open?.kind === 'call' ? open.args : undefined),
  }
}
