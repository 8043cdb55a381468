import type { Delta } from '../../packages/core/src/dialects/delta.ts'

type Of<Type extends Delta['type']> = Extract<Delta, { type: Type }>

/** A block as a client would put it together. */
export interface CollectedBlock {
  readonly type: 'text' | 'refusal' | 'thinking' | 'tool'
  readonly start: Delta
  text: string
  readonly deltas: Delta[]
}

export interface CollectedAnswer {
  readonly start: Of<'start'> | undefined
  readonly blocks: readonly CollectedBlock[]
  readonly media: readonly Of<'media'>[]
  readonly finish: Of<'finish'> | undefined
  readonly error: Of<'error'> | undefined
}

/** Puts an answer together, and throws where its deltas break the promises of the hub. */
export function collectDeltas(deltas: readonly Delta[]): CollectedAnswer {
  const blocks: CollectedBlock[] = []
  let open: CollectedBlock | undefined
  let hasEnded = false
  deltas.forEach((delta, place) => {
    if (hasEnded) throw new Error(`${delta.type} after the end`)
    if ((place === 0) !== (delta.type === 'start') && delta.type !== 'error') throw new Error('no start')
    hasEnded = delta.type === 'finish' || delta.type === 'error'
    if ('index' in delta) {
      open = takeBlock(delta, open, blocks)
    } else if (open !== undefined && delta.type !== 'error') throw new Error(`${delta.type} within a block`)
  })
  const find = <Type extends Delta['type']>(type: Type) =>
    deltas.find((delta): delta is Of<Type> => delta.type === type)
  return {
    start: find('start'),
    blocks,
    media: deltas.filter((delta) => delta.type === 'media'),
    finish: find('finish'),
    error: find('error'),
  }
}

function takeBlock(
  delta: Extract<Delta, { index: number }>,
  open: CollectedBlock | undefined,
  blocks: CollectedBlock[],
): CollectedBlock | undefined {
  if (delta.type.endsWith('-start')) {
    if (open !== undefined || delta.index !== blocks.length) throw new Error(`${delta.type} out of order`)
    const block: CollectedBlock = { type: typeOf(delta), start: delta, text: '', deltas: [] }
    blocks.push(block)
    return block
  }
  if (open === undefined || delta.index !== blocks.length - 1) throw new Error(`${delta.type} out of order`)
  if (delta.type === 'block-stop') return undefined
  if (delta.type === 'tool-arguments' && delta.json === '') throw new Error('empty arguments')
  open.deltas.push(delta)
  open.text += 'json' in delta ? delta.json : 'text' in delta ? delta.text : ''
  return open
}

function typeOf(delta: Delta): CollectedBlock['type'] {
  if (delta.type === 'thinking-start') return 'thinking'
  if (delta.type === 'tool-start') return 'tool'
  return delta.type === 'text-start' && delta.refusal ? 'refusal' : 'text'
}

/** The blocks in short: `text Hello`, `tool weather {}`. */
export function outline({ blocks }: CollectedAnswer): string[] {
  return blocks.map(({ type, start, text }) =>
    [type, start.type === 'tool-start' ? start.name : '', text].filter(Boolean).join(' '),
  )
}
