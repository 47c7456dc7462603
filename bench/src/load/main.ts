/** The load process. It gets its work over the IPC channel of `child_process.fork`, and exits with its parent. */
import { once } from 'node:events'
import { summarize } from '../results/statistics.ts'
import { type LoadSpec, type Measured, runLoad } from './load.ts'
import type { FromLoad, MeasuredLoad, ToLoad } from './protocol.ts'
import { openShop, type Shop } from './shop.ts'

const send = (message: FromLoad): void => void process.send?.(message)

const untilGo = async (): Promise<void> => {
  for (;;) {
    const [message] = (await once(process, 'message')) as [ToLoad]
    if (message.type === 'go') return
  }
}

const inSummary = ({ settledMs, acceptedMs, lateMs, ...rest }: Measured): MeasuredLoad => ({
  ...rest,
  settled: summarize(settledMs),
  acceptance: summarize(acceptedMs),
  late: summarize(lateMs),
})

const run = async (shop: Shop, load: LoadSpec): Promise<void> => {
  const begin = () => {
    const go = untilGo()
    send({ type: 'ready' })
    return go
  }
  const measured = await runLoad(shop, load, { begin, end: () => send({ type: 'ended' }) })
  send({ type: 'measured', measured: inSummary(measured) })
}

let shop: Shop | undefined

const handle = async (message: ToLoad): Promise<void> => {
  switch (message.type) {
    case 'open':
      shop = await openShop(message.shop)
      return send({ type: 'opened', backendPid: shop.backendPid })
    case 'run':
      if (!shop) throw new Error('The load has no shop yet.')
      return run(shop, message.load)
    case 'go':
      return
  }
}

process.on('message', (message: ToLoad) => {
  handle(message).catch((error: unknown) =>
    send({ type: 'failed', message: error instanceof Error ? error.message : String(error) }),
  )
})
process.on('disconnect', () => process.exit())
