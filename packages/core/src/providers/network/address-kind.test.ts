import { describe, expect, test } from 'vitest'
import { addressKind } from './address-kind.ts'
import { hostKind } from './host-kind.ts'

describe('addressKind', () => {
  test.each([
    [
      'loopback',
      ['127.0.0.1', '127.255.1.2', '::1', '[::1]', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1'],
    ],
    ['private', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '100.127.0.1']],
    ['private', ['fc00::1', 'fdff::1', '::ffff:10.1.2.3', '2002:a00:1::']],
    [
      'link-local',
      ['169.254.169.254', 'fe80::1', 'febf::1', 'fe80::1%eth0', 'fd00:ec2::254', '::ffff:169.254.1.1'],
    ],
    [
      'reserved',
      ['0.0.0.0', '::', '224.0.0.1', '255.255.255.255', '198.18.0.1', '198.19.0.1', '192.0.0.192', 'ff02::1'],
    ],
    [
      'public',
      ['8.8.8.8', '172.15.0.1', '172.32.0.1', '192.169.0.1', '100.63.0.1', '100.128.0.1', '11.0.0.1'],
    ],
    [
      'public',
      [
        '2606:4700::1111',
        'fec0::1',
        '::ffff:8.8.8.8',
        '2002:808:808::',
        '198.17.0.1',
        '192.0.2.1',
        '169.253.0.1',
      ],
    ],
  ] as const)('%s is where %j lead', (kind, addresses) => {
    expect(addresses.map((address) => [address, addressKind(address)])).toEqual(
      addresses.map((address) => [address, kind]),
    )
  })

  test.each(['example.com', '1.2.3', '1.2.3.256', '1.2.3.4.5', '', 'a:b', '::g'])(
    '%j is no address',
    (text) => {
      expect(addressKind(text)).toBeUndefined()
    },
  )
})

describe('hostKind', () => {
  test.each([
    ['localhost', 'loopback'],
    ['a.localhost', 'loopback'],
    ['[::1]', 'loopback'],
    ['ollama', 'private'],
    ['box.local', 'private'],
    ['metadata.google.internal', 'private'],
    ['10.0.0.1', 'private'],
    ['10.0.0.1.', 'private'],
    ['169.254.169.254', 'link-local'],
    ['api.openai.com', 'public'],
    ['localhost.example', 'public'],
    ['local.example', 'public'],
  ] as const)('%s is %s', (hostname, kind) => {
    expect(hostKind(hostname)).toBe(kind)
  })
})
