/** Measures orders without photos and beside them, in turns. */

import { skusOf } from '../../src/load/order-body.ts'
import { measure } from '../../src/measure/measure.ts'
import { loads } from '../../src/plan/loads.ts'
import { spreadOf } from '../../src/results/statistics.ts'
import { putUnderLoad } from '../../src/session.ts'
import { type Mode, startProduct } from '../../src/systems/product.ts'
import { temporaryFolder } from '../../src/systems/temporary-folder.ts'
import { workingTree } from '../../src/systems/version.ts'
import type { Comparison, Context } from '../comparison.ts'
import { mediansOf } from '../medians.ts'
import { describeAutogroups } from './autogroups.ts'
import { countingDuring } from './count-during.ts'
import { countReady, makePhoto, uploadAll } from './photos.ts'
import { type Measured, resultsOf } from './results.ts'

const form = { skus: 100, lines: 2 }

export const compareWithPhotos: Comparison = async (context) => {
  const photo = await makePhoto()
  const rounds: readonly Mode[] = context.quick ? ['embedded'] : ['embedded', 'rabbitmq', 'rabbitmq', 'embedded']
  const measured: Measured[] = []
  for (const mode of rounds) measured.push(await measureRound(mode, photo, context))
  const modes = [...new Set(rounds)]
  const medians = modes.map((mode): Measured => {
    const those = measured.filter((one) => one.mode === mode)
    return {
      mode,
      without: mediansOf(those.map(({ without }) => without)),
      beside: mediansOf(those.map(({ beside }) => beside)),
      photosPerSecond: spreadOf(those.map(({ photosPerSecond }) => photosPerSecond)).median,
    }
  })
  return resultsOf(medians, await describeAutogroups())
}

/** @throws if an order is not settled, a photo is rejected, or the check of the system fails. */
const measureRound = async (mode: Mode, photo: Buffer, { servers, quick, log }: Context): Promise<Measured> => {
  await using running = new AsyncDisposableStack()
  const folder = temporaryFolder()
  running.defer(() => folder.delete())
  const postgres = await servers.postgres('npm start')
  const broker = mode === 'rabbitmq' ? await servers.broker() : null
  const variables = { PHOTOS_DIR: folder.path }
  const system = await startProduct({ version: workingTree, postgres, instances: 1, variables }, broker)
  running.defer(() => system.stop())
  const durations = { ms: quick ? 1_000 : 12_000, warmUpMs: quick ? 0 : 6_000 }
  const under = await putUnderLoad({ system, postgres }, { servers, durations, form }, running)

  log(`  ${mode}: without photos`)
  const without = await measure(loads['50/s'], under)
  log(`  ${mode}: beside photos`)
  const url = system.stockUrl ?? ''
  const skus = skusOf(form).slice(0, quick ? 20 : 100)
  const paths = await uploadAll(url, skus, photo)
  const { load, counted } = countingDuring(under.load, () => countReady(url, paths))
  const beside = await measure(loads['50/s'], { ...under, load })
  const { before, after, seconds } = counted()
  if (after === paths.length) throw new Error('All photos were ready before the measurement ended.')
  if (after === before && !quick) throw new Error('No photo was processed during the measurement.')
  const wrong = await system.check()
  if (wrong !== null) throw new Error(`${mode}: ${wrong}`)
  return { mode, without, beside, photosPerSecond: (after - before) / seconds }
}
