import { expect, test } from 'vitest'
import { parseRequest } from '../../../../../test/translation/translation.ts'
import type { JsonObject } from '../json.ts'

const parse = (body: JsonObject) => parseRequest('openai-responses', { model: 'gpt-5', input: 'hi', ...body })

const parameters = { type: 'object', properties: {} }
const tools = [
  {
    type: 'function',
    name: 'f',
    description: 'd',
    parameters,
    strict: true,
    async: false,
    prompt_cache_breakpoint: { mode: 'explicit' },
  },
  { type: 'custom', name: 'c', format: { type: 'text' } },
  {
    type: 'namespace',
    name: 'crm',
    description: 'Customers.',
    tools: [
      { type: 'function', name: 'find', parameters },
      { type: 'custom', name: 'query' },
    ],
  },
  { type: 'web_search', filters: { allowed_domains: ['a'] } },
]

test('tools of every kind', () => {
  const namespace = { name: 'crm', description: 'Customers.' }
  expect(parse({ tools }).tools).toEqual([
    {
      type: 'function',
      name: 'f',
      description: 'd',
      parameters,
      strict: true,
      cache: {},
      path: 'tools[0]',
      extras: { async: false },
    },
    { type: 'custom', name: 'c', format: { type: 'text' }, path: 'tools[1]' },
    { type: 'function', name: 'crm__find', parameters, path: 'tools[2].tools[0]', extras: { namespace } },
    { type: 'custom', name: 'crm__query', path: 'tools[2].tools[1]', extras: { namespace } },
    { type: 'server', name: 'web_search', value: tools[3], path: 'tools[3]' },
  ])
})

test.each<[unknown, object | undefined]>([
  [null, undefined],
  ['none', { type: 'none' }],
  ['required', { type: 'required' }],
  [
    { type: 'function', name: 'f' },
    { type: 'tool', name: 'f' },
  ],
  [
    { type: 'custom', name: 'query' },
    { type: 'tool', name: 'crm__query' },
  ],
  [{ type: 'web_search' }, { type: 'tool', name: 'web_search' }],
  [
    {
      type: 'allowed_tools',
      mode: 'required',
      tools: [{ type: 'function', name: 'f' }, { type: 'namespace', name: 'crm' }, { type: 'web_search' }],
    },
    { type: 'allowed', mode: 'required', names: ['f', 'crm__find', 'crm__query', 'web_search'] },
  ],
])('tool_choice %j', (tool_choice, expected) => {
  expect(parse({ tools, tool_choice }).toolChoice).toEqual(expected)
})
