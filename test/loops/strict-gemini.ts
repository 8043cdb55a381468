import { runTool, type ScriptedTurn } from './script.ts'
import {
  demand,
  demandEqual,
  demandKnown,
  type History,
  listAt,
  type Members,
  membersAt,
  pieces,
  type StrictApi,
} from './strict.ts'

/** Gemini 3, which wants the signature of a step's first call back. */
export const strictGemini: StrictApi = {
  check,
  json: (turn, at) => chunkOf(at, partsOf(turn), turn),
  events,
  streams: (call) => call.path.includes(':streamGenerateContent'),
}

const members =
  'contents systemInstruction tools toolConfig generationConfig safetySettings cachedContent labels serviceTier store'
const partMembers = 'text thought thoughtSignature functionCall functionResponse inlineData fileData'

function check(body: Members, { given, from, lossy }: History): void {
  demandKnown(body, members, 'body')
  for (const tool of listAt(body.tools, 'tools'))
    for (const declared of listAt(tool.functionDeclarations, 'functionDeclarations'))
      demandKnown(declared, 'name description parameters parametersJsonSchema', 'functionDeclarations')
  const turns = turnsOf(listAt(body.contents, 'contents'))
  demandEqual(turns.length, given.length * 2 + 1, 'turns of both sides')
  for (const [at, turn] of given.entries()) {
    const [parts = [], next = []] = turns.slice(at * 2 + 1)
    checkTurn(parts, next, turn)
    checkSignatures(parts, at < from ? [undefined] : [signatureOf(turn), ...(lossy ? lost(at, given) : [])])
  }
}

/** The parts of each side in turn. */
function turnsOf(contents: readonly Members[]): readonly (readonly Members[])[] {
  const turns: (readonly Members[])[] = []
  for (const [at, content] of contents.entries()) {
    demandKnown(content, 'role parts', `contents[${at}]`)
    demand(
      content.role === 'user' || content.role === 'model',
      `contents[${at}].role: ${String(content.role)}`,
    )
    const parts = listAt(content.parts, `contents[${at}].parts`)
    demand(parts.length > 0, `contents[${at}].parts must not be empty`)
    for (const part of parts) demandKnown(part, partMembers, `contents[${at}].parts`)
    // Clients that keep a stream have a content for every chunk of it.
    if (contents[at - 1]?.role !== content.role) turns.push(parts)
    else turns[turns.length - 1] = [...(turns.at(-1) ?? []), ...parts]
  }
  demand(contents[0]?.role === 'user', 'The first turn is the user’s')
  return turns
}

/** What a client that keeps no signatures may send: in the loop that goes on, something has to stand for them. */
function lost(at: number, given: readonly ScriptedTurn[]): readonly (string | undefined)[] {
  const goesOn = given.slice(at).every(({ calls }) => calls.length > 0)
  return [goesOn ? 'skip_thought_signature_validator' : undefined]
}

/** Of calls side by side the first one is signed. */
function checkSignatures(parts: readonly Members[], allowed: readonly unknown[]): void {
  const at = parts.findIndex(({ functionCall }) => functionCall !== undefined)
  for (const [index, { thoughtSignature, functionCall }] of parts.entries()) {
    const expected =
      index === at ? allowed : functionCall === undefined ? [...allowed, undefined] : [undefined]
    demand(
      expected.includes(thoughtSignature),
      `Thought signature is not valid, or missing: ${String(thoughtSignature)} is not ${String(expected)}`,
    )
  }
}

function checkTurn(parts: readonly Members[], next: readonly Members[], turn: ScriptedTurn): void {
  const shown = (list: readonly Members[]) => list.filter(({ thought }) => thought !== true)
  const textOf = (list: readonly Members[]) =>
    shown(list)
      .map(({ text }) => String(text ?? ''))
      .join('')
  demandEqual(textOf(parts), turn.text ?? '', 'text of the model')
  const called = parts.filter(({ functionCall }) => functionCall !== undefined)
  const calls = called.map(({ functionCall }) => {
    const { name, args } = membersAt(functionCall, 'functionCall')
    return { name, args }
  })
  demandEqual(
    calls,
    turn.calls.map(({ name, args }) => ({ name, args })),
    'calls of the model',
  )
  const responses = next
    .filter(({ functionResponse }) => functionResponse !== undefined)
    .map(({ functionResponse }) => membersAt(functionResponse, 'functionResponse'))
  demandEqual(
    responses.map(({ name, response }) => ({ name, output: outputOf(response) })),
    turn.calls.map(({ name, args }) => ({ name, output: runTool(name, args) })),
    'The function responses are not those of the function call turn, in its order',
  )
}

function outputOf(response: unknown): unknown {
  const { output, result, content } = membersAt(response, 'response')
  return output ?? result ?? content
}

/** Bytes in base64. */
const signatureOf = ({ seal }: ScriptedTurn) => Buffer.from(seal).toString('base64')

function partsOf(turn: ScriptedTurn): readonly Members[] {
  const { thinking, text, calls } = turn
  return [
    ...(thinking === '' ? [] : [{ text: thinking, thought: true }]),
    ...(text === undefined
      ? []
      : [{ text, ...(calls.length === 0 && { thoughtSignature: signatureOf(turn) }) }]),
    ...calls.map(({ name, args }, at) => ({
      functionCall: { name, args },
      ...(at === 0 && { thoughtSignature: signatureOf(turn) }),
    })),
  ]
}

function chunkOf(at: number, parts: readonly Members[], ending?: ScriptedTurn): Members {
  return {
    candidates: [{ content: { role: 'model', parts }, index: 0, ...(ending && { finishReason: 'STOP' }) }],
    usageMetadata: ending && {
      promptTokenCount: ending.usage.input,
      candidatesTokenCount: ending.usage.output - ending.usage.reasoning,
      thoughtsTokenCount: ending.usage.reasoning,
      totalTokenCount: ending.usage.input + ending.usage.output,
    },
    modelVersion: 'gemini-3-pro-preview',
    responseId: `g${at}`,
  }
}

/** Texts come in pieces, and the signature of a text behind it, in a part of its own. */
function events(turn: ScriptedTurn, at: number): readonly string[] {
  const streamed = partsOf(turn).flatMap(streamedParts)
  return streamed.map((part, index) => {
    const chunk = chunkOf(at, [part], index === streamed.length - 1 ? turn : undefined)
    return `data: ${JSON.stringify(chunk)}\n\n`
  })
}

function streamedParts(part: Members): readonly Members[] {
  const { text, thoughtSignature, ...others } = part
  if (text === undefined) return [part]
  const texts = pieces(String(text)).map((piece) => ({ ...others, text: piece }))
  return thoughtSignature === undefined ? texts : [...texts, { text: '', thoughtSignature }]
}
