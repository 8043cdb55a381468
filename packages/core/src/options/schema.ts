import type { Keyv } from 'keyv'
import { z } from 'zod'
import type { SelectionFunction } from '../models/selection/candidate.ts'
import type {
  AwsOptions,
  GatewayOptions,
  GoogleCloudOptions,
  Logger,
  ModelOptions,
  ProviderOptions,
  SelectionOptions,
} from './options.ts'

const decimal = z.string()
const milliseconds = z.number().int().min(0).max(2_147_483_647)
const positive = z.number().int().positive()
const callable = <Type>(name: string) =>
  z.custom<Type>((value) => typeof value === 'function', `must be a function (${name})`)

const priceSchema = z.record(z.string(), z.unknown()) as unknown as z.ZodType<
  NonNullable<ModelOptions['price']>
>

const modelSchema = z.strictObject({
  price: priceSchema.optional(),
  contextWindow: positive.optional(),
  maxOutputTokens: positive.optional(),
  hiddenReasoning: z.boolean().optional(),
  maxInputTokens: positive.optional(),
  unsupportedParameters: z.array(z.string().min(1).max(255)).max(100).optional(),
  disabled: z.boolean().optional(),
  upstreamId: z.string().min(1).optional(),
  aliases: z.array(z.string().min(1)).optional(),
  input: z
    .array(z.enum(['text', 'image', 'pdf', 'audio', 'video']))
    .min(1)
    .optional(),
  features: z
    .strictObject({
      tools: z.boolean().optional(),
      schema: z.boolean().optional(),
      reasoning: z.boolean().optional(),
    })
    .optional(),
})

const text = z.string().min(1)

const awsSchema = z.strictObject({
  region: text.optional(),
  credentials: z
    .union([
      callable<() => Promise<never>>(''),
      z.looseObject({
        accessKeyId: text,
        secretAccessKey: text,
        sessionToken: text.optional(),
        expiration: z.date().optional(),
      }),
    ])
    .optional(),
})

const googleCloudSchema = z.strictObject({
  project: text.optional(),
  location: text.optional(),
  credentials: z
    .union([
      callable<() => Promise<never>>(''),
      text,
      z.looseObject({
        client_email: text,
        private_key: text,
        private_key_id: text.optional(),
        project_id: text.optional(),
        token_uri: text.optional(),
      }),
    ])
    .optional(),
})

const providerSchema = z.strictObject({
  apiKey: z.string().optional(),
  baseUrl: z.string().optional(),
  dialects: z
    .array(
      z.enum([
        'openai-chat',
        'openai-responses',
        'anthropic-messages',
        'google-gemini',
        'openai-embeddings',
        'openai-completions',
      ]),
    )
    .min(1)
    .optional(),
  aws: awsSchema.optional(),
  googleCloud: googleCloudSchema.optional(),
  headers: z.record(z.string(), z.string()).optional(),
  query: z.record(z.string().min(1), z.string()).optional(),
  parameters: z
    .partialRecord(
      z.enum([
        'openai-chat',
        'openai-responses',
        'anthropic-messages',
        'google-gemini',
        'openai-embeddings',
        'openai-completions',
        'bedrock-converse',
      ]),
      z.array(z.string().min(1)),
    )
    .optional(),
  allowPrivateNetwork: z.boolean().optional(),
  disabled: z.boolean().optional(),
  models: z.record(z.string().min(1), modelSchema).optional(),
})

/** What can be said of a provider that is stored: clouds are set up in options alone. */
export const storedProviderSchema = providerSchema
  .omit({ aws: true, googleCloud: true })
  .required({ baseUrl: true })

const strategies = ['order', 'price', 'latency', 'throughput', 'random'] as const

const selectionSchema = z.strictObject({
  strategy: z.union([z.enum(strategies), callable<SelectionFunction>('candidates, request')]).optional(),
  affinity: z.boolean().optional(),
})

const targetsSchema = z.array(
  z.union([text, z.strictObject({ model: text, weight: z.number().positive().optional() })]),
)
const virtualModelSchema = z.union([
  targetsSchema,
  z.strictObject({ targets: targetsSchema, strategy: z.enum([...strategies, 'weighted']).optional() }),
])

const isLogger = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  ['info', 'warn', 'error'].every((name) => typeof (value as Record<string, unknown>)[name] === 'function')

const telemetryMethods = ['callStarted', 'callEnded', 'storeAnswered']

function isTelemetry(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isTelemetry)
  if (typeof value !== 'object' || value === null) return false
  const methods = telemetryMethods.map((name) => (value as Record<string, unknown>)[name])
  return methods.every((method) => method === undefined || typeof method === 'function')
}

/** The shape of the options. What a value means is checked where it is parsed. */
export const optionsSchema = z.strictObject({
  providers: z.record(z.string(), providerSchema).optional(),
  store: z
    .custom<string | Keyv>((value) => typeof value === 'string' || typeof value === 'object')
    .optional(),
  singleWriter: z.boolean().optional(),
  spool: z.string().trim().min(1).optional(),
  fee: z
    .strictObject({
      perMillionTokens: decimal.optional(),
      percent: decimal.optional(),
      perCall: decimal.optional(),
    })
    .optional(),
  secret: z.string().optional(),
  previousSecrets: z.array(z.string()).optional(),
  authenticate: callable<NonNullable<GatewayOptions['authenticate']>>('request').optional(),
  remoteAddress: callable<NonNullable<GatewayOptions['remoteAddress']>>('request').optional(),
  sandbox: z.boolean().optional(),
  translation: z.enum(['lenient', 'strict']).optional(),
  timeouts: z
    .strictObject({
      connect: milliseconds.optional(),
      attempt: milliseconds.optional(),
      total: milliseconds.optional(),
      firstEvent: milliseconds.optional(),
      answer: milliseconds.optional(),
      idle: milliseconds.optional(),
      heartbeat: milliseconds.optional(),
      drain: milliseconds.optional(),
    })
    .optional(),
  failover: z
    .strictObject({
      attempts: z.number().int().min(1).max(100).optional(),
      within: milliseconds.optional(),
      maxRetryAfter: milliseconds.optional(),
      hedgeAfter: milliseconds.optional(),
    })
    .optional(),
  holds: z
    .strictObject({
      quantum: positive.optional(),
      margin: z.number().int().min(0).optional(),
      defaultMaxOutputTokens: positive.optional(),
      ttl: z.number().int().min(1000).max(86_400_000).optional(),
    })
    .optional(),
  responses: z
    .strictObject({
      poll: z.number().int().min(100).max(3_600_000).optional(),
      keep: positive.optional(),
    })
    .optional(),
  selection: selectionSchema.optional(),
  virtualModels: z.record(z.string(), virtualModelSchema).optional(),
  limits: z.strictObject({ bodyBytes: z.number().int().min(1024).max(268_435_456).optional() }).optional(),
  logger: z.custom<Logger>(isLogger, 'must have the methods info, warn and error').optional(),
  onUsage: callable<NonNullable<GatewayOptions['onUsage']>>('event').optional(),
  telemetry: z
    .custom<NonNullable<GatewayOptions['telemetry']>>(
      isTelemetry,
      'must be made by instrument() or have the methods of Telemetry',
    )
    .optional(),
})

/** Compile-time proof that schema and interface have the same members. */
type SameMembers<Left, Right> = [keyof Left] extends [keyof Right]
  ? [keyof Right] extends [keyof Left]
    ? true
    : never
  : never
type Schema = z.input<typeof optionsSchema>
type ProviderSchema = z.input<typeof providerSchema>
export const schemaMatches: {
  readonly options: SameMembers<Schema, GatewayOptions>
  readonly provider: SameMembers<ProviderSchema, ProviderOptions>
  readonly model: SameMembers<z.input<typeof modelSchema>, ModelOptions>
  readonly selection: SameMembers<z.input<typeof selectionSchema>, SelectionOptions>
  readonly aws: SameMembers<NonNullable<ProviderSchema['aws']>, AwsOptions>
  readonly googleCloud: SameMembers<NonNullable<ProviderSchema['googleCloud']>, GoogleCloudOptions>
} = { options: true, provider: true, model: true, selection: true, aws: true, googleCloud: true }
