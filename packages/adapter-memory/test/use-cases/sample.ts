/** As many of them as a property is tried, evenly spread: all of them in `npm run test:long`. */
export const sample = <A>(all: ReadonlyArray<A>): ReadonlyArray<A> => {
  const step = Math.max(1, Math.floor(all.length / Number(process.env['LETHE_TEST_RUNS'])))
  return all.filter((_, index) => index % step === 0)
}
