import type { AwsCredentials } from '../providers/cloud-credentials.ts'
import { createAwsSigner } from '../upstream/signing/aws-signer.ts'
import { loadSignatureV4 } from '../upstream/signing/load-signature-v4.ts'
import type { CloudSetup, CloudSources } from './configure-cloud.ts'
import { readRegion } from './configure-cloud.ts'
import { type Environment, readVariable } from './environment.ts'

/** Amazon Bedrock: its region and, without a key, who signs. */
export function configureAws(sources: CloudSources): CloudSetup {
  const { id, definition, options, environment, apiKey, hasAddress } = sources
  const given = apiKey === undefined ? (options.aws?.credentials ?? keysIn(environment)) : undefined
  const isNeeded = given !== undefined || !hasAddress
  const region = isNeeded ? regionOf(id, options.aws?.region, environment) : ''
  return {
    baseUrl: hasAddress ? undefined : definition.cloud?.address({ location: region, project: '' }),
    createSigner: given && signerOf(region, given),
  }
}

function signerOf(region: string, credentials: AwsCredentials | (() => Promise<AwsCredentials>)) {
  const SignatureV4 = loadSignatureV4()
  return () => createAwsSigner({ SignatureV4, region, credentials })
}

function regionOf(id: string, given: string | undefined, environment: Environment): string {
  const region =
    given ?? readVariable(environment, 'AWS_REGION') ?? readVariable(environment, 'AWS_DEFAULT_REGION')
  return readRegion(`providers.${id}.aws.region (AWS_REGION)`, region)
}

function keysIn(environment: Environment): AwsCredentials | undefined {
  const accessKeyId = readVariable(environment, 'AWS_ACCESS_KEY_ID')
  const secretAccessKey = readVariable(environment, 'AWS_SECRET_ACCESS_KEY')
  const sessionToken = readVariable(environment, 'AWS_SESSION_TOKEN')
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined
  if (accessKeyId !== undefined && secretAccessKey !== undefined)
    return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
  throw new Error('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together, and one of them is missing.')
}
