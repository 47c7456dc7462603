/** Every question that services of the shop ask each other, by type. */
import { StockLevels } from './questions/stock-levels.ts'

export const questions = { StockLevels } as const
