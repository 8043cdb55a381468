import { describe, expect, test } from 'vitest'
import { plainTraits, renderRequest, warned } from '../../../../../test/translation/translation.ts'
import type { GatewayError } from '../../errors/gateway-error.ts'
import { openai } from '../../providers/openai.ts'
import type { Conversation, DocumentPart, Message, Part, ToolResultPart } from '../conversation.ts'
import type { RenderTarget } from '../dialect.ts'

const path = 'messages.1.content.0'
const text = (value: string): Extract<Part, { type: 'text' }> => ({ type: 'text', text: value, path })
const image = (data: string): Extract<Part, { type: 'image' }> => ({
  type: 'image',
  source: { kind: 'base64', mediaType: 'image/png', data },
  path,
})
const call = (id: string): Part => ({ type: 'tool-call', id, name: 'f', arguments: '{}', path })
const result = (callId: string, ...parts: ToolResultPart['parts']): ToolResultPart => ({
  type: 'tool-result',
  callId,
  parts,
  path,
})
const turn = (role: 'system' | 'user' | 'assistant', ...parts: Part[]): Message => ({
  role,
  parts,
  path: 'messages.1',
})

function render(messages: readonly Message[], target: Partial<RenderTarget> = {}) {
  const conversation: Conversation = {
    dialect: 'anthropic-messages',
    model: 'claude',
    messages,
    tools: [],
    stream: false,
    extensions: new Map(),
  }
  return renderRequest('openai-chat', conversation, target)
}

const rendered = (messages: readonly Message[], target?: Partial<RenderTarget>) =>
  render(messages, target).body.messages

function refused(part: Part): string | undefined {
  try {
    render([turn('user', part)])
  } catch (error) {
    return (error as GatewayError).param
  }
  throw new Error('was not refused')
}

const openaiTarget = { model: 'gpt-5', traits: openai }
const picture = (data: string) => ({
  type: 'image_url',
  image_url: { url: `data:image/png;base64,${data}` },
})

describe('tool results', () => {
  test('T02 stand before the rest of the user’s turn', () => {
    const messages = [turn('assistant', call('t1')), turn('user', text('note'), result('t1', text('ok')))]
    expect(rendered(messages)).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 't1', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 't1', content: 'ok' },
      { role: 'user', content: 'note' },
    ])
  })

  test('T16 show their pictures behind all of them', () => {
    const [first, second] = [result('t1', image('AAA')), result('t2', text('ok'), image('BBB'))]
    const pictures = [picture('AAA'), picture('BBB')]
    const results = [
      { role: 'tool', tool_call_id: 't1', content: '[image]' },
      { role: 'tool', tool_call_id: 't2', content: 'ok\n[image]' },
    ]
    expect(rendered([turn('user', first, second)])).toEqual([...results, { role: 'user', content: pictures }])
    const apart: Message[] = [
      { role: 'tool', parts: [first], path: 'input.1' },
      { role: 'tool', parts: [second], path: 'input.2' },
    ]
    expect(rendered([...apart, turn('user', text('note'))])).toEqual([
      ...results,
      { role: 'user', content: [...pictures, { type: 'text', text: 'note' }] },
    ])
    expect(rendered([...apart, turn('assistant', text('Hi'))])).toEqual([
      ...results,
      { role: 'user', content: pictures },
      { role: 'assistant', content: 'Hi' },
    ])
  })

  test('that failed, and that are empty', () => {
    const failed = { ...result('t1', text('no file')), isError: true }
    const messages = [turn('user', failed, { ...result('t2'), isError: true }, result('t3'))]
    expect(rendered(messages)).toMatchObject([
      { content: 'Error: no file' },
      { content: 'Error: ' },
      { content: '' },
    ])
  })
})

describe('instructions', () => {
  const system = turn('system', text('A'), text('B'))

  test('are the developer’s for OpenAI’s reasoning models', () => {
    expect(rendered([system], openaiTarget)).toEqual([
      {
        role: 'developer',
        content: [
          { type: 'text', text: 'A' },
          { type: 'text', text: 'B' },
        ],
      },
    ])
    expect(rendered([system], { model: 'gpt-4o', traits: openai })).toMatchObject([{ role: 'system' }])
    expect(rendered([system], { model: 'openai/gpt-5' })).toEqual([{ role: 'system', content: 'A\n\nB' }])
  })

  test('T03 stay where they are', () => {
    const messages = [turn('system', text('A')), turn('user', text('1')), turn('system', text('B'))]
    expect(rendered(messages)).toMatchObject([{ role: 'system' }, { role: 'user' }, { role: 'system' }])
  })

  test('leave out Claude Code’s mark on each request', () => {
    const mark = text('x-anthropic-billing-header: cc_version=2.1; cch=a1b2;')
    expect(rendered([turn('system', mark, text('A'))])).toEqual([{ role: 'system', content: 'A' }])
    expect(rendered([turn('system', mark), turn('user', text('1'))])).toEqual([
      { role: 'user', content: '1' },
    ])
  })
})

describe('pictures and files', () => {
  const shown = (part: Part) => (rendered([turn('user', part)]) as { content: unknown }[])[0]?.content
  const file = (mediaType: string, more: Partial<DocumentPart> = {}): DocumentPart => ({
    type: 'document',
    source: { kind: 'base64', mediaType, data: 'QUJD' },
    path,
    ...more,
  })

  test('T15 have the same bytes', () => {
    expect(shown(image('AAA'))).toEqual([picture('AAA')])
    const remote = {
      ...image(''),
      source: { kind: 'url', url: 'https://a.example/b.png' },
      detail: 'low',
    } as Part
    expect(shown(remote)).toEqual([
      { type: 'image_url', image_url: { url: 'https://a.example/b.png', detail: 'low' } },
    ])
    expect(shown(file('application/pdf'))).toEqual([
      { type: 'file', file: { filename: 'document.pdf', file_data: 'data:application/pdf;base64,QUJD' } },
    ])
    expect(shown(file('application/pdf', { title: 'a.pdf' }))).toMatchObject([
      { file: { filename: 'a.pdf' } },
    ])
  })

  test('texts are text', () => {
    expect(shown(file('text/plain'))).toBe('ABC')
    expect(shown(file('', { source: { kind: 'text', text: 'ABC' } }))).toBe('ABC')
  })

  test('sound', () => {
    expect(shown({ type: 'audio', data: 'QUJD', format: 'mp3', path })).toEqual([
      { type: 'input_audio', input_audio: { data: 'QUJD', format: 'mp3' } },
    ])
  })

  test.each<[string, Part]>([
    ['a PDF by address', file('', { source: { kind: 'url', url: 'https://a.example/b.pdf' } })],
    ['a file of another provider', file('', { source: { kind: 'file', id: 'file_1' } })],
    ['an image of another provider', { ...image(''), source: { kind: 'file', id: 'file_1' } } as Part],
    ['a video', file('video/mp4')],
  ])('%s is refused where it stands', (_, part) => {
    expect(refused(part)).toBe(path)
  })
})

describe('earlier answers', () => {
  const thinking = { type: 'thinking', text: 'hm', seal: { origin: 'anthropic', value: 'S' }, path } as const

  test('reason again only where the provider takes that', () => {
    const messages = [turn('assistant', thinking, text('Hi'))]
    expect(rendered(messages)).toEqual([{ role: 'assistant', content: 'Hi' }])
    expect(warned(render(messages))).toEqual([`${path} dropped`])
    for (const chatReasoning of ['reasoning_content', 'reasoning'] as const) {
      const with_ = render(messages, { traits: { ...plainTraits, chatReasoning } })
      expect(with_.body.messages).toEqual([{ role: 'assistant', content: 'Hi', [chatReasoning]: 'hm' }])
      expect(with_.warnings).toEqual([])
    }
  })

  test('of nothing that can be sent are left out', () => {
    expect(rendered([turn('assistant', thinking), turn('user', text('Go on'))])).toEqual([
      { role: 'user', content: 'Go on' },
    ])
  })

  test('T36 may be empty', () => {
    expect(rendered([turn('assistant', text(''))])).toEqual([{ role: 'assistant', content: '' }])
  })

  test('are one text', () => {
    expect(rendered([turn('assistant', text('a'), text('b'))], openaiTarget)).toEqual([
      { role: 'assistant', content: 'ab' },
    ])
  })

  test('that refused', () => {
    const messages = [turn('assistant', { type: 'refusal', text: 'No', path })]
    expect(rendered(messages)).toEqual([{ role: 'assistant', content: 'No' }])
    expect(rendered(messages, openaiTarget)).toEqual([{ role: 'assistant', content: null, refusal: 'No' }])
  })

  test('carry Google’s signature to Google’s models alone', () => {
    const signed = { ...call('a'), seal: { origin: 'google', value: 'S' } } as Part
    const [gemini] = rendered([turn('assistant', signed)], { model: 'google/gemini-3-pro' }) as object[]
    expect(gemini).toMatchObject({
      tool_calls: [{ id: 'a', extra_content: { google: { thought_signature: 'S' } } }],
    })
    expect(JSON.stringify(rendered([turn('assistant', signed)]))).not.toContain('extra_content')
  })

  test('what only their dialect knows is told of', () => {
    const opaque: Part = { type: 'opaque', value: { type: 'compaction', content: 'x' }, path }
    const { body, warnings } = render([turn('assistant', opaque, text('Hi'))])
    expect(body.messages).toEqual([{ role: 'assistant', content: 'Hi' }])
    expect(warnings).toMatchObject([
      { field: path, action: 'dropped', detail: expect.stringContaining('compaction') },
    ])
  })
})

describe('breakpoints of caches', () => {
  const marked = (ttl?: string): Part => ({ ...text('A'), cache: ttl === undefined ? {} : { ttl } })

  const markable = { ...openaiTarget, model: 'gpt-5.6' }

  test('are OpenAI’s own for those of its models that know them', () => {
    const breakpoint = (more: object) => [
      { content: [{ type: 'text', text: 'A', prompt_cache_breakpoint: { mode: 'explicit', ...more } }] },
    ]
    expect(rendered([turn('user', marked())], markable)).toMatchObject(breakpoint({}))
    expect(rendered([turn('system', marked('5m'))], markable)).toMatchObject(breakpoint({}))
    expect(rendered([turn('user', marked('1h'))], markable)).toMatchObject(breakpoint({ ttl: '12h' }))
    expect(rendered([turn('assistant', marked('1h'))], markable)).toMatchObject(breakpoint({ ttl: '12h' }))
    const cached = { ...result('t', text('A')), cache: { ttl: '1h' } }
    expect(rendered([turn('user', cached)], markable)).toMatchObject(breakpoint({ ttl: '12h' }))
  })

  test('are refused by its earlier models, which cache by themselves', () => {
    expect(rendered([turn('user', marked('1h'))], openaiTarget)).toEqual([{ role: 'user', content: 'A' }])
  })

  test('are no words to others', () => {
    const { body, warnings } = render([turn('user', marked('1h'))])
    expect(body.messages).toEqual([{ role: 'user', content: 'A' }])
    expect(warnings).toEqual([])
  })
})
