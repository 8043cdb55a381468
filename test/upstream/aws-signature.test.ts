import { expect, test } from 'vitest'
import { expectedAuthorization } from './aws-signature.ts'

const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const body = Buffer.alloc(0)

test('what the test server takes for a signature is what AWS documents: get-vanilla of its test suite', () => {
  const headers = {
    host: 'example.amazonaws.com',
    'x-amz-date': '20150830T123600Z',
    authorization: 'AWS4-HMAC-SHA256 SignedHeaders=host;x-amz-date, Signature=',
  }
  const scope = { region: 'us-east-1', service: 'service' }
  expect(expectedAuthorization({ method: 'GET', path: '/', headers, body }, keys, scope)).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ' +
      'SignedHeaders=host;x-amz-date, ' +
      'Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  )
})

test('and the example of its IAM documentation, with a query', () => {
  const headers = {
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    host: 'iam.amazonaws.com',
    'x-amz-date': '20150830T123600Z',
    authorization: 'AWS4-HMAC-SHA256 SignedHeaders=content-type;host;x-amz-date, Signature=',
  }
  const path = '/?Action=ListUsers&Version=2010-05-08'
  const scope = { region: 'us-east-1', service: 'iam' }
  expect(expectedAuthorization({ method: 'GET', path, headers, body }, keys, scope)).toContain(
    'Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  )
})
