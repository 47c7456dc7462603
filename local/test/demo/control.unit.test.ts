/** The actions of the demo control, without a shop. */
import { expect, test } from 'vitest'
import { gateway } from '../../src/demo/breakable.ts'
import { createDemoControl } from '../../src/demo/control.ts'
import { createGatewaySwitch } from '../../src/demo/gateway-switch.ts'

const controlOf = () => {
  const said: string[] = []
  const gatewaySwitch = createGatewaySwitch()
  const control = createDemoControl({
    urls: { order: 'http://127.0.0.1:9', console: null },
    parts: [gateway(gatewaySwitch)],
    inventoryUrl: 'http://127.0.0.1:9',
    inventoryDatabaseUrl: '',
    say: (line) => void said.push(line),
  })
  return { control, gatewaySwitch, said }
}

const availableIn = ({ control }: ReturnType<typeof controlOf>, id: string) =>
  control.view().actions.find((action) => action.id === id)?.available

test('a part is broken once, is listed as broken, and is repaired', async () => {
  const shop = controlOf()
  const { control, gatewaySwitch, said } = shop
  expect(availableIn(shop, 'start-gateway')).toBe(false)
  for (const _ of [1, 2])
    expect(await control.act('stop-gateway')).toMatchObject({ text: 'The payment gateway is down.' })
  expect(gatewaySwitch.isDown()).toBe(true)
  expect(availableIn(shop, 'stop-gateway')).toBe(false)
  expect(control.view().broken).toMatchObject([{ text: 'The payment gateway is down.', repair: 'start-gateway' }])
  await control.act('start-gateway')
  expect(control.view().broken).toEqual([])
  expect(said.at(-1)).toBe('demo: The payment gateway answers.')
})

test('each fault that lasts names an action that repairs it', () => {
  const { actions } = controlOf().control.view()
  const repairing = actions.filter(({ group }) => group === 'repair').map(({ id }) => id)
  expect(actions.flatMap(({ repairedBy }) => repairedBy ?? [])).toEqual(repairing)
  expect(new Set(actions.map(({ id }) => id)).size).toBe(actions.length)
})

test('a shop that does not answer is reported', async () => {
  const { control } = controlOf()
  for (const action of ['order-fulfilled', 'burst', 'poison-message'])
    await expect(control.act(action)).rejects.toThrow('The shop does not answer')
  expect(control.act('explode')).toBeUndefined()
})
