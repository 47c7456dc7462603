/** The seed in HISTORIES_SEED, or a random one. */
export const firstSeed = (): number => Number(process.env['HISTORIES_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
