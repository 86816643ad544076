/** Loaded before a program that is measured: at its end it tells the most memory that the process ever held. */
process.on('exit', () => {
  process.send?.({ residentKilobytes: process.resourceUsage().maxRSS })
})
