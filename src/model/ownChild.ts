/** Parents that wait for their own child: they stand in uninterruptible sleep, and are nobody's victims. */

/** vfork(), posix_spawn() and CLONE_VFORK: until the child has started its program. */
const waits = /vfork|^kernel_clone$|^_?do_fork$/;

/** Whether a function of the kernel is that in which a parent waits so. */
export function isWaitForOwnChild(waitChannel: string | undefined): boolean {
  return waitChannel !== undefined && waits.test(waitChannel);
}

/** Whether somebody waited for nothing else. */
export function waitsForOwnChild({ waitChannels = [] }: { readonly waitChannels?: readonly string[] }): boolean {
  return waitChannels.length > 0 && waitChannels.every(isWaitForOwnChild);
}
