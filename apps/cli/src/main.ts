import { processIo } from './process-io.js'
import { run } from './run.js'

const main = async (): Promise<void> => {
  process.exitCode = await run(process.argv.slice(2), processIo())
}

// Not awaited at the top level: chunks import what they share with this file from it, and would wait for its end.
void main()
