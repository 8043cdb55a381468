import { readFileSync } from 'node:fs'
import { readBaseUrl } from '../providers/base-url.ts'
import type { GoogleServiceAccount } from '../providers/cloud-credentials.ts'
import { askForToken, createGoogleSigner } from '../upstream/signing/google-signer.ts'
import { readServiceAccount, requestToken } from '../upstream/signing/service-account.ts'
import type { CloudSetup, CloudSources } from './configure-cloud.ts'
import { readProject, readRegion } from './configure-cloud.ts'
import { readVariable } from './environment.ts'
import type { GoogleCloudOptions } from './options.ts'

/** Google Vertex AI: its project and location and, without a token, who gives tokens. */
export function configureGoogleCloud(sources: CloudSources): CloudSetup {
  const { id, definition, options, environment, apiKey, hasAddress } = sources
  const { project, location, credentials } = options.googleCloud ?? {}
  const option = `providers.${id}.googleCloud`
  const given = apiKey === undefined ? (credentials ?? readVariable(environment, fileVariable)) : undefined
  const account =
    typeof given === 'string' ? readFile(`${option}.credentials (${fileVariable})`, given) : given
  const place = () => ({
    project: readProject(
      `${option}.project (GOOGLE_CLOUD_PROJECT)`,
      project ?? readVariable(environment, 'GOOGLE_CLOUD_PROJECT') ?? projectOf(account),
    ),
    location: readRegion(
      `${option}.location (GOOGLE_CLOUD_LOCATION)`,
      location ?? readVariable(environment, 'GOOGLE_CLOUD_LOCATION') ?? 'global',
    ),
  })
  return {
    baseUrl: hasAddress ? undefined : definition.cloud?.address(place()),
    createSigner: account && signerOf(`${option}.credentials`, account),
  }
}

const fileVariable = 'GOOGLE_APPLICATION_CREDENTIALS'

type Identity = Exclude<NonNullable<GoogleCloudOptions['credentials']>, string>

function signerOf(option: string, identity: Identity): CloudSetup['createSigner'] {
  if (typeof identity === 'function') return () => createGoogleSigner(askForToken(identity))
  if (identity.token_uri !== undefined) readBaseUrl(identity.token_uri, `${option}.token_uri`)
  const source = named(option, () => readServiceAccount(identity))
  return (transport) => createGoogleSigner(() => requestToken(source, transport))
}

function projectOf(identity: Identity | undefined): string | undefined {
  return typeof identity === 'object' ? identity.project_id : undefined
}

/** What the file holds is repeated nowhere. */
function readFile(option: string, path: string): GoogleServiceAccount {
  const value = parse(named(option, () => readFileSync(path, 'utf8')))
  if (typeof value.client_email === 'string' && typeof value.private_key === 'string')
    return value as unknown as GoogleServiceAccount
  const type = typeof value.type === 'string' ? ` but of type "${value.type}"` : ''
  throw new Error(
    `${option} names a file that is no service account${type}: give a function, such as () => ` +
      'auth.getAccessToken() of google-auth-library.',
  )
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

function named<Result>(option: string, step: () => Result): Result {
  try {
    return step()
  } catch (cause) {
    throw new Error(`${option}: ${(cause as Error).message}.`, { cause })
  }
}
