import fc from 'fast-check'

fc.configureGlobal({ numRuns: Number(process.env['LETHE_TEST_RUNS']) })
