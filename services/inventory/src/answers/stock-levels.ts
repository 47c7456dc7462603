import type { Shop } from '@quadrille/events'
import type { AnswerIn, AskedIn } from '@quadrille/messages'
import type { Sql } from '@quadrille/postgres'
import { findStocks } from '../db/stock-table.ts'
import { availableOf } from '../domain/stock.ts'

type Asked = AskedIn<Shop['questions'], 'StockLevels'>
type Answer = AnswerIn<Shop['questions'], 'StockLevels'>

/** Answers all questions that wait from one read of the stock. It takes no lock, so reactions do not wait for it. */
export const stockLevels =
  (sql: Sql) =>
  async (questions: readonly Asked[]): Promise<Answer[]> => {
    const found = await findStocks(sql, [...new Set(questions.flatMap(({ skus }) => skus))])
    const stockBySku = new Map(found.map((stock) => [stock.sku, stock]))
    return questions.map(({ skus }) => ({
      levels: [...new Set(skus)].flatMap((sku) => {
        const stock = stockBySku.get(sku)
        return stock ? [{ sku, available: availableOf(stock) }] : []
      }),
    }))
  }
