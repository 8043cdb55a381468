import { isJsonObject, type JsonObject } from '../json.ts'
import { unpackSeal } from '../seal.ts'
import { type Block, hasWholeArguments } from './answer-block.ts'
import type { AnswerBlocks } from './answer-blocks.ts'

/** A call whose name may still have to come. */
interface PendingCall {
  id: string
  name: string
  json: string
  block: Block | undefined
}

/** Takes the pieces of tool calls, of which each server numbers and repeats in its own way. */
export interface AnswerCalls {
  /** One element of `tool_calls`. */
  push(piece: JsonObject): void
  /** The piece of a call as servers wrote it before there were tools. */
  pushLegacy(piece: JsonObject): void
  readonly any: boolean
}

/** @param answerId Tells of the upstream's id, from which ids are made for calls that have none. */
export function createAnswerCalls(blocks: AnswerBlocks, answerId: () => string): AnswerCalls {
  const calls = new Map<unknown, PendingCall>()
  let last: unknown
  let made = 0

  /** Some servers give no index at all; then the id tells, or it is the call before. */
  function find({ index }: JsonObject, { id, isNamed }: { id: string; isNamed: boolean }): PendingCall {
    const key = typeof index === 'number' ? index : id === '' ? (last ?? 0) : id
    const known = calls.get(key)
    last = key
    if (known !== undefined && !(isNamed && isAnother(known, id))) return known
    const call: PendingCall = { id: '', name: '', json: '', block: undefined }
    calls.set(key, call)
    return call
  }

  function open(call: PendingCall, piece: JsonObject): void {
    const id = call.id === '' ? `call_${answerId().replaceAll(/[^\w-]/g, '_')}_${made}` : call.id
    made += 1
    call.block = blocks.call({ id, name: call.name, custom: isJsonObject(piece.custom), seal: sealOf(piece) })
    if (call.json !== '') blocks.callArguments(call.block, call.json)
  }

  function take(call: PendingCall, piece: JsonObject): void {
    const body = isJsonObject(piece.custom) ? piece.custom : piece.function
    if (!isJsonObject(body)) return
    const json = argumentsOf(body)
    if (call.block !== undefined) {
      if (json !== '') blocks.callArguments(call.block, json)
      return
    }
    call.name += textOf(body.name)
    call.json += json
    if (call.name !== '') open(call, piece)
  }

  return {
    push(piece) {
      const id = textOf(piece.id)
      const call = find(piece, { id, isNamed: nameOf(piece) !== '' })
      if (call.id === '') call.id = id
      take(call, piece)
    },
    pushLegacy(piece) {
      take(find({ index: -1 }, { id: '', isNamed: false }), { function: piece })
    },
    get any() {
      return made > 0
    },
  }
}

/** Some servers give every call the same index: a name with another id, or behind a whole call, begins a new one. */
function isAnother({ id: known, block }: PendingCall, id: string): boolean {
  if (id !== '' && known !== '') return id !== known
  return block !== undefined && hasWholeArguments(block)
}

function nameOf(piece: JsonObject): string {
  const body = isJsonObject(piece.custom) ? piece.custom : piece.function
  return isJsonObject(body) ? textOf(body.name) : ''
}

/** Some servers write the object itself where its JSON text belongs. */
function argumentsOf({ arguments: json, input }: JsonObject): string {
  if (isJsonObject(json)) return JSON.stringify(json)
  return textOf(json) || textOf(input)
}

function sealOf({ extra_content: extra }: JsonObject) {
  const google = isJsonObject(extra) ? extra.google : undefined
  const signature = isJsonObject(google) ? textOf(google.thought_signature) : ''
  return signature === '' ? undefined : unpackSeal(signature, 'google')
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
