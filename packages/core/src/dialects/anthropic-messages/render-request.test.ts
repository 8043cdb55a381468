import { describe, expect, test } from 'vitest'
import { refusal, tool, translate, warned } from '../../../../../test/translation/chat-to-messages.ts'
import type { JsonObject } from '../json.ts'

describe('sampling and limits', () => {
  test('T12 temperature is capped where it is known and left out where it is not', () => {
    const capped = translate({ body: { temperature: 1.7 } })
    expect(capped.body.temperature).toBe(1)
    expect(capped.headers?.['anthropic-version']).toBe('2023-06-01')
    expect(warned(capped)).toEqual(['temperature changed'])
    const dropped = translate({ model: 'claude-opus-5-5', body: { temperature: 1.7, top_p: 0.5, top_k: 5 } })
    expect(dropped.body).not.toHaveProperty('temperature')
    expect(warned(dropped)).toEqual(['temperature dropped', 'top_p dropped', 'top_k dropped'])
    expect(translate({ model: 'claude-opus-5-5', body: { temperature: 1, top_p: 1 } }).warnings).toEqual([])
    expect(translate({ body: { top_p: 0.5, top_k: 5 } }).body).toMatchObject({ top_p: 0.5, top_k: 5 })
  })

  test('T13 the output limit has a default and never exceeds the model', () => {
    expect(translate({ body: {} }).body.max_tokens).toBe(4096)
    expect(translate({ body: {}, defaultMaxOutputTokens: 100_000 }).body.max_tokens).toBe(64_000)
    expect(translate({ body: { max_tokens: 5, max_completion_tokens: 7 } }).body.max_tokens).toBe(7)
    const clamped = translate({ body: { max_tokens: 70_000 } })
    expect(clamped.body.max_tokens).toBe(64_000)
    expect(warned(clamped)).toEqual(['max_completion_tokens changed'])
    expect(translate({ body: { max_tokens: 70_000 }, maxOutputTokens: 10 }).body.max_tokens).toBe(10)
    expect(refusal({ body: { max_tokens: 0 } }).param).toBe('max_tokens')
  })

  test('T13 a thinking budget is added to the limit', () => {
    const thinking = { type: 'enabled', budget_tokens: 20_000 }
    expect(translate({ body: { thinking, max_tokens: 8000 } }).body).toMatchObject({
      max_tokens: 28_000,
      thinking: { type: 'enabled', budget_tokens: 20_000 },
    })
    expect(translate({ body: { thinking, max_tokens: 8000 }, maxOutputTokens: 15_000 }).body).toMatchObject({
      max_tokens: 15_000,
      thinking: { budget_tokens: 14_999 },
    })
    const cramped = translate({ body: { thinking, max_tokens: 8000 }, maxOutputTokens: 1000 })
    expect(cramped.body).not.toHaveProperty('thinking')
    expect(cramped.body.max_tokens).toBe(1000)
  })

  test.each([
    ['claude-opus-5-5', 'minimal', { type: 'adaptive', display: 'summarized' }, 'low'],
    ['claude-opus-5-5', 'xhigh', { type: 'adaptive', display: 'summarized' }, 'xhigh'],
    ['claude-opus-4-6', 'xhigh', { type: 'adaptive', display: 'summarized' }, 'high'],
    ['claude-sonnet-4-5', 'medium', { type: 'enabled', budget_tokens: 19_200 }, undefined],
    ['claude-opus-4-1', 'minimal', { type: 'enabled', budget_tokens: 1024 }, undefined],
    ['claude-opus-5', 'none', { type: 'disabled' }, undefined],
    ['claude-sonnet-5-5', 'none', { type: 'between_tools' }, undefined],
    ['claude-opus-5-5', 'none', undefined, 'low'],
    ['claude-sonnet-4-5', 'none', undefined, undefined],
    ['claude-3-haiku-20240307', 'high', undefined, undefined],
  ])('%s with effort %s', (...row) => {
    const [model, reasoning_effort, thinking, effort] = row
    const { body } = translate({ model, body: { reasoning_effort } })
    expect(body.thinking).toEqual(thinking)
    expect((body.output_config as JsonObject | undefined)?.effort).toBe(effort)
  })

  test('thinking excludes temperature and forced tools', () => {
    const thoughtful = translate({ body: { reasoning_effort: 'low', temperature: 0.5 } })
    expect(thoughtful.body).not.toHaveProperty('temperature')
    expect(warned(thoughtful)).toEqual(['temperature dropped'])
    const forced = translate({
      body: { reasoning_effort: 'low', tools: [tool('f')], tool_choice: 'required' },
    })
    expect(forced.body).not.toHaveProperty('thinking')
    expect(warned(forced)).toEqual(['reasoning_effort changed'])
    expect(refusal({ body: { reasoning_effort: 'heroic' } }).param).toBe('reasoning_effort')
  })

  test('stop sequences, user, tier and stream', () => {
    const body = {
      stop: ['\n', 'END'],
      user: 'u',
      safety_identifier: 's',
      service_tier: 'default',
      stream: true,
    }
    const rendered = translate({ body })
    expect(rendered.body).toMatchObject({
      stop_sequences: ['END'],
      metadata: { user_id: 's' },
      service_tier: 'standard_only',
      stream: true,
    })
    expect(warned(rendered)).toEqual(['stop dropped'])
    expect(translate({ body: { stop: 'END' } }).body.stop_sequences).toEqual(['END'])
    expect(warned(translate({ body: { service_tier: 'flex' } }))).toEqual(['service_tier dropped'])
  })

  test('says what has no counterpart, and under strict refuses it', () => {
    const body = {
      seed: 7,
      logprobs: false,
      presence_penalty: 0,
      store: true,
      prompt_cache_key: 'k',
      n: 1,
      user: null,
    }
    expect(warned(translate({ body }))).toEqual(['seed dropped', 'store dropped'])
    expect(refusal({ body: { logprobs: true }, strict: true })).toEqual({
      code: 'unsupported_parameter',
      param: 'logprobs',
      status: 400,
    })
    expect(translate({ body: { temperature: 1.7 }, strict: true }).body.temperature).toBe(1)
  })

  test('refuses several answers and spoken ones', () => {
    expect(refusal({ body: { n: 2 } }).param).toBe('n')
    expect(refusal({ body: { modalities: ['text', 'audio'] } }).param).toBe('modalities')
    expect(translate({ body: { modalities: ['text'] } }).warnings).toEqual([])
  })

  test('models of other makers behind the same API are taken as plainly as can be', () => {
    const { body } = translate({ model: 'kimi-k3', body: { temperature: 0.5, max_tokens: 500_000 } })
    expect(body).toMatchObject({ temperature: 0.5, max_tokens: 500_000 })
  })
})
