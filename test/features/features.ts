/** A feature that gateways of this kind have, and the test that shows it here. */
export interface Feature {
  readonly feature: string
  /** Below the top folder. */
  readonly file: string
  /** A part of the test's title, as it is written there. */
  readonly title: string
  /** What is otherwise here than a user of others may expect, and why. */
  readonly differs?: string
}

const access = 'packages/core/src/access'

/** By what they are about. */
export const features: Readonly<Record<string, readonly Feature[]>> = {
  endpoints: [
    {
      feature: 'compaction of a conversation',
      file: 'test/loops/codex-compaction.test.ts',
      title: 'is made by its provider, from the client’s own bytes, and charged exactly',
    },

    {
      feature: 'Chat Completions',
      file: 'test/clients/clients.test.ts',
      title: 'every call is charged and the account adds up',
    },
    {
      feature: 'Messages at any provider',
      file: 'test/gateway/translated-messages.test.ts',
      title: 'gets a message, and is charged what the provider counted',
      differs: 'others serve it at providers of that format alone; here it is translated',
    },
    {
      feature: 'embeddings by their input',
      file: 'test/gateway/vectors.test.ts',
      title: 'T41 vectors come in the format that was asked for',
    },
    {
      feature: 'Completions',
      file: 'test/gateway/completions.test.ts',
      title: 'pass as they are and are charged',
    },
    {
      feature: 'the models that a key may call',
      file: 'test/gateway/configurations.test.ts',
      title: 'is shown by the models that its keys list',
    },
    {
      feature: 'Gemini',
      file: 'test/gateway/gemini.test.ts',
      title: 'gets the answer of Gemini as it is, and is charged its thoughts too',
    },
    {
      feature: 'Bedrock',
      file: 'test/gateway/bedrock.test.ts',
      title: 'gets an answer of Bedrock, by a signed request, for its exact price',
      differs:
        'as a provider of every client, by Converse; its own paths are not served, because no meter reads them',
    },
    {
      feature: 'a path without a meter',
      file: 'test/pass-through/metered-routes.test.ts',
      title: 'is paid with credits, free, or on own keys alone, and nothing else is listed',
      differs: 'files, uploads, batches and videos are served on own provider keys',
    },
    {
      feature: '32 MiB of request',
      file: 'test/features/conditions.test.ts',
      title: 'body above 32 MiB: 413 before any provider is asked',
    },
  ],
  'access keys': [
    {
      feature: 'either header on any format',
      file: 'test/gateway/access.test.ts',
      title: 'open every dialect as Bearer and as x-api-key alike',
    },
    {
      feature: 'shown once',
      file: `${access}/access-keys.test.ts`,
      title: 'shows the token once and the key without secrets ever after',
    },
    {
      feature: 'rotation',
      file: `${access}/access-keys.test.ts`,
      title: 'replaces the token at once, or after an overlap',
      differs: 'others have a lost key deleted and made anew; here the id, limits and history stay',
    },
    { feature: 'deletion for ever', file: `${access}/access-keys.test.ts`, title: 'is permanent' },
    {
      feature: 'revocation at once',
      file: `${access}/access-keys.test.ts`,
      title: 'reaches another process over the same file within 5 seconds',
    },
    {
      feature: 'a malformed key is never passed on',
      file: 'test/features/conditions.test.ts',
      title: 'malformed key: 401, and never passed on',
    },
    {
      feature: 'never forwarded upstream',
      file: 'test/attacks/headers.test.ts',
      title: 'only what is listed goes upstream, with the one credential that is ours',
    },
    {
      feature: 'limits, expiry and addresses of a key',
      file: `${access}/configurations/configurations.test.ts`,
      title: 'is restricted by its own policy, its configuration’s and its account’s together',
      differs: 'others have none of them on a key',
    },
  ],
  configurations: [
    {
      feature: 'addresses behind a proxy, for sockets too',
      file: 'test/gateway/addresses.test.ts',
      title: 'requests and sockets are taken from where it says that they come',
    },

    {
      feature: 'linked from many keys',
      file: `${access}/configurations/configurations.test.ts`,
      title: 'counts the keys that link to it',
    },
    {
      feature: 'omitted stays, null clears',
      file: `${access}/configurations/configurations.test.ts`,
      title: 'keeps what a change leaves out and clears what is null',
    },
    {
      feature: 'deletion is refused while linked',
      file: `${access}/configurations/configurations.test.ts`,
      title: 'is refused while keys link to it, with their number',
    },
    {
      feature: 'an empty list allows nothing',
      file: `${access}/policies/scope.test.ts`,
      title: 'with an empty list allows nothing, and without lists everything',
    },
    {
      feature: 'deny lists and wildcards',
      file: `${access}/policies/scope.test.ts`,
      title: 'denies what it allows and denies, and asks both lists',
      differs: 'others have exact allow lists alone',
    },
    {
      feature: 'each fallback is checked',
      file: 'test/failover/policies.test.ts',
      title: 'holds for each fallback: what it does not allow is passed over and named',
    },
    {
      feature: 'a model rule beats a provider rule',
      file: `${access}/configurations/configurations.test.ts`,
      title: 'of a model comes before that of its provider',
    },
    {
      feature: 'steps in order',
      file: 'test/failover/policies.test.ts',
      title: 'lead from own keys to the operator’s where the rule says so',
    },
    {
      feature: 'a key without a configuration',
      file: 'test/failover/failover.test.ts',
      title: 'never give way to the operator’s, which would spend credits on model cost',
    },
    {
      feature: 'concurrent edits',
      file: `${access}/configurations/configurations.test.ts`,
      title: 'of many that are based on the same, one is made, between processes too',
    },
  ],
  'provider keys': [
    {
      feature: 'write-only values',
      file: `${access}/provider-keys.test.ts`,
      title: 'P20 is told by no error, and no value is',
    },
    {
      feature: 'rotation keeps the id',
      file: 'test/gateway/provider-keys.test.ts',
      title: 'is replaced and taken away at once',
    },
    {
      feature: 'deletion is refused while a rule names it',
      file: 'test/gateway/provider-keys.test.ts',
      title: 'is not deleted while a configuration names it',
    },
    {
      feature: 'filter by provider',
      file: `${access}/provider-keys.test.ts`,
      title: 'are many for one account and provider, oldest first',
    },
    {
      feature: 'ordered',
      file: `${access}/key-order/order-keys.test.ts`,
      title: 'is as listed, those that rest last',
    },
    {
      feature: 'round robin, weighted, least errors',
      file: `${access}/key-order/order-keys.test.ts`,
      title: 'puts the lowest share first, equal ones as listed',
      differs: 'others have the order alone',
    },
    {
      feature: 'encryption under a new secret',
      file: `${access}/provider-keys.test.ts`,
      title: 'takes over in several passes, and after one that died on the way',
    },
  ],
  'custom providers': [
    { feature: 'redirects are not followed', file: 'test/failover/fleet.test.ts', title: 'a redirect' },
    {
      feature: 'loops are refused',
      file: 'test/gateway/loops.test.ts',
      title: 'refuses the request when it comes back, before anything is held, and the call is free',
    },
    {
      feature: 'parameters that are left out, and named',
      file: 'test/gateway/custom-providers.test.ts',
      title: 'the answer and the usage event name them',
    },
    {
      feature: 'made, changed and deleted at run time',
      file: 'test/gateway/stored-providers.test.ts',
      title: 'is called with its key, headers and query, and charged exactly',
      differs:
        'the operator alone makes them, for everybody; they have prices, and so can be paid with credits',
    },
    {
      feature: 'models that are left out stay, and given ones replace all',
      file: 'test/gateway/stored-providers.test.ts',
      title: 'keeps what it leaves out and clears what is null',
    },
    {
      feature: 'changes on every server',
      file: 'test/gateway/stored-providers-shared.test.ts',
      title: 'see what the other changes within four seconds, and refuse what is based on less',
    },
    {
      feature: 'keyless servers',
      file: 'test/features/conditions.test.ts',
      title: 'local:family/small',
      differs: 'a provider without a key is keyless and works; others contradict themselves',
    },
  ],
  models: [
    {
      feature: 'bare, qualified, with a slash, in any case',
      file: 'test/features/conditions.test.ts',
      title: '%s is %s',
    },
    {
      feature: 'passed on as written',
      file: 'test/features/conditions.test.ts',
      title: 'a pass-through id goes upstream as the client wrote it',
    },
    {
      feature: 'refused on credits without a price',
      file: 'test/features/conditions.test.ts',
      title: 'model that its provider has and no price: 403 on credits',
    },
    {
      feature: 'prices, limits and metrics in the list',
      file: 'test/gateway/selection.test.ts',
      title: 'the list of models tells how each has been doing',
    },
    {
      feature: 'virtual models',
      file: 'test/gateway/selection.test.ts',
      title: 'is served by its targets',
    },
    {
      feature: 'reads of virtual models carry warnings',
      file: 'test/gateway/virtual-models.test.ts',
      title: 'tell what has become wrong since',
    },
    {
      feature: 'automatic choice',
      file: 'test/gateway/selection.test.ts',
      title: 'is the cheapest that can serve the call',
      differs: 'no other model is asked how hard a prompt is: a client says what it needs',
    },
    {
      feature: 'strategies, the host’s own among them',
      file: 'test/gateway/selection.test.ts',
      title: 'may be the host’s own, whose failure is nobody’s secret told',
    },
  ],
  failover: [
    {
      feature: 'what fails, what is tried, what stops',
      file: 'test/failover/fleet.test.ts',
      title: '$name (stream: $streams): $attempts',
    },
    {
      feature: 'next key, next step',
      file: 'test/failover/failover.test.ts',
      title: 'are tried in the order of creation, and one that is refused rests',
    },
    {
      feature: 'a short Retry-After',
      file: 'test/failover/fleet.test.ts',
      title: '429 with a short Retry-After, alone',
    },
    {
      feature: 'nothing behind the first byte',
      file: 'test/failover/random-failures.test.ts',
      title: 'calls over three providers that fail at random',
    },
    {
      feature: 'client gone',
      file: 'test/failover/failover.test.ts',
      title: 'while a provider is waited for has nobody else asked',
    },
    {
      feature: 'time of an attempt',
      file: 'test/failover/failover.test.ts',
      title: 'of time for an attempt, however much of its answer has come',
    },
    {
      feature: 'time in all',
      file: 'test/failover/failover.test.ts',
      title: 'of time in all (stream: %s)',
      differs: 'it ends when an answer begins, so that long answers are not cut',
    },
    {
      feature: 'hedging',
      file: 'test/failover/failover.test.ts',
      title: 'answers first, and is charged alone (stream: %s)',
    },
  ],
  credits: [
    {
      feature: 'input counted exactly where a balance is short',
      file: 'test/money/counted-input.test.ts',
      title: 'is counted by its provider where the balance does not cover its bytes',
    },

    {
      feature: 'a hold before the call, never below zero',
      file: 'test/money/overdraw.test.ts',
      title: 'P1 sixty-four spenders in four processes use up an account, and not a nano-dollar more',
    },
    {
      feature: 'the fee on success alone',
      file: 'test/gateway/failed-answers.test.ts',
      title: 'is no answer of another dialect, and free',
    },
    {
      feature: 'no credits: 402',
      file: 'test/features/conditions.test.ts',
      title: 'no credits: 402, which clients do not repeat',
      differs: 'others answer 403, which clients take for a question of rights',
    },
    {
      feature: 'own keys pay the fee',
      file: 'test/gateway/provider-keys.test.ts',
      title: 'goes upstream in place of the operator’s, and only the fee is charged',
    },
    {
      feature: 'limits of key and account',
      file: 'test/money/limits.test.ts',
      title: 'describe.each(Object.entries(proofs))',
    },
  ],
  usage: [
    {
      feature: 'circuits and resting credentials in metrics',
      file: 'test/telemetry/prometheus.test.ts',
      title: 'show whose circuit is open, and which credentials rest',
    },

    {
      feature: 'one event an attempt',
      file: 'test/gateway/reports.test.ts',
      title: 'is there for each attempt of a call that went on to another model, or came to nothing',
    },
    {
      feature: 'retries on request',
      file: 'packages/core/src/telemetry/usage-reports.test.ts',
      title: 'are of final attempts, unless all are asked for',
    },
    {
      feature: 'sums by group and time',
      file: 'packages/core/src/telemetry/usage-reports.test.ts',
      title: 'are by any of the groups and their combinations',
    },
    {
      feature: 'one call with its attempts',
      file: 'packages/core/src/telemetry/usage-reports.test.ts',
      title: 'one call is found with its attempts, by its own account alone',
    },
    {
      feature: 'headers of an answer',
      file: 'test/features/conditions.test.ts',
      title: 'its request id under every name that clients know, on rejections too',
    },
    {
      feature: 'no secret in any sink',
      file: 'test/attacks/secrets.test.ts',
      title: 'in spans, metrics, ledger rows and reports',
    },
  ],
}

/** What others have and this gateway does not, and why. */
export const absent: readonly { readonly feature: string; readonly why: string }[] = [
  {
    feature: 'checkout and purchases',
    why: 'the host sells; a grant with a reference is how it tells the gateway',
  },
  { feature: 'a dashboard of its own service', why: 'it lives in the host’s process' },
  {
    feature: 'Google’s interactions API',
    why: 'it keeps what it is asked at the provider, where no account owns it',
  },
  {
    feature: 'rules by a firewall',
    why: 'no policy engine; the host’s own middleware stands in front of the gateway',
  },
  { feature: 'capture of prompts and answers', why: 'they are never stored' },
]
