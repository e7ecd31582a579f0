/**
 * Says how many milliseconds of processor time have passed since, of this process with all its
 * threads: what else a busy machine does counts for less than on its clock.
 */
export function startCpuTime(): () => number {
  const began = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1_000;
  };
}
