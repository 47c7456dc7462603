import { readConfig } from '@quadrille/service/plain-server'
import { expect, test } from 'vitest'
import { addressesIn } from '../src/server/addresses.ts'
import { checkExposure, config } from '../src/server/config.ts'
import { settingsIn } from '../src/server/settings.ts'

const essential = {
  ORDER_URL: 'http://order:3000',
  PAYMENT_URL: 'http://payment:3000',
  INVENTORY_URL: 'http://inventory:3000',
  NOTIFICATION_URL: 'http://notification:3000',
}

test('an optional service may be missing, an essential one may not', () => {
  expect([...addressesIn(readConfig(config, essential)).keys()]).toEqual([
    'order',
    'payment',
    'inventory',
    'notification',
  ])
  expect(() => readConfig(config, { ...essential, PAYMENT_URL: '' })).toThrow(/^PAYMENT_URL is not set/)
})

test('operations have the URL of the service, unless another is set', () => {
  const addresses = addressesIn(readConfig(config, { ...essential, ORDER_ADMIN_URL: 'http://order:9000' }))
  expect(addresses.get('order')).toEqual({ url: 'http://order:3000', adminUrl: 'http://order:9000' })
  expect(addresses.get('payment')).toEqual({ url: 'http://payment:3000', adminUrl: 'http://payment:3000' })
})

test('the audit may be missing', () => {
  expect(addressesIn(readConfig(config, essential)).has('audit')).toBe(false)
  const addresses = addressesIn(readConfig(config, { ...essential, AUDIT_URL: 'http://audit:3007/' }))
  expect(addresses.get('audit')).toMatchObject({ url: 'http://audit:3007' })
})

test('an address may end in a slash', () => {
  const variables = readConfig(config, {
    ...essential,
    ORDER_URL: 'http://order:3000/',
    ORDER_ADMIN_URL: 'http://order:9000/',
  })
  expect(addressesIn(variables).get('order')).toEqual({ url: 'http://order:3000', adminUrl: 'http://order:9000' })
})

test('an address with https is refused at the start', () => {
  expect(() => readConfig(config, { ...essential, ORDER_URL: 'https://order' })).toThrow(/^ORDER_URL .*without https/)
})

test('beyond the loopback it does not start unless AUTH=off confirms that', () => {
  const exposed = readConfig(config, { ...essential, HOST: '0.0.0.0' })
  expect(() => checkExposure(exposed)).toThrow(/^AUTH is not set: the console has no login/)
  expect(() => checkExposure({ ...exposed, AUTH: 'off' })).not.toThrow()
  expect(() => checkExposure({ ...exposed, HOST: '::1' })).not.toThrow()
})

test('the URL of traces is a template', () => {
  const url = 'http://127.0.0.1:16686/trace/{traceId}?uiEmbed=v0'
  expect(settingsIn(readConfig(config, { ...essential, TRACES_URL: url }))).toEqual({
    ...{ tracesUrl: url, demo: false, audit: false },
  })
  expect(settingsIn(readConfig(config, essential))).toEqual({ tracesUrl: null, demo: false, audit: false })
  expect(settingsIn(readConfig(config, { ...essential, DEMO_URL: 'http://demo:3006' }))).toMatchObject({ demo: true })
  expect(settingsIn(readConfig(config, { ...essential, AUDIT_URL: 'http://127.0.0.1:3007' }))).toMatchObject({
    audit: true,
  })
  for (const wrong of ['http://127.0.0.1:16686', 'javascript:alert({traceId})', 'http://a/{traceId}/{spanId}'])
    expect(() => readConfig(config, { ...essential, TRACES_URL: wrong })).toThrow(/^TRACES_URL is wrong: must be like/)
})
