/** The load process. It exits with its parent. */
import { once } from 'node:events'
import { summarize } from '../results/statistics.ts'
import { type LoadSpec, type Measured, runLoad } from './load.ts'
import type { FromLoad, MeasuredLoad, ToLoad } from './protocol.ts'
import { openShop, type Shop } from './shop.ts'

const send = (message: FromLoad): void => void process.send?.(message)
const fail = (error: unknown): void =>
  send({ type: 'failed', message: error instanceof Error ? error.message : String(error) })

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

process.on('disconnect', () => process.exit())
const opening = openShop(JSON.parse(process.argv[2] ?? ''))
process.on('message', (message: ToLoad) => {
  if (message.type === 'run') opening.then((shop) => run(shop, message.load)).catch(fail)
})
opening.then(({ backendPid }) => send({ type: 'opened', backendPid })).catch(fail)
