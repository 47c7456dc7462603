import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isStopping, runProgram } from '../suite/program.ts'
import type { StepResult } from './record.ts'
import type { Step } from './steps.ts'
import { verdictIn } from './verdict.ts'

/**
 * Runs a step, and writes its output to `folder`.
 * @throws if it was interrupted: it has neither passed nor failed then.
 */
export const runStep = async ({ name, command }: Step, folder: string): Promise<StepResult> => {
  const { ok, output, ms } = await runProgram(command)
  await writeFile(join(folder, `${name}.log`), `$ ${command.join(' ')}\n${output}\n`)
  if (isStopping()) throw new Error('interrupted: the same command resumes')
  return { ...verdictIn(output, ok), seconds: Math.round(ms / 1_000) }
}
