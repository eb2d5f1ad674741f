/** Lists in which the kernel, or what poses as one, names a device twice: a series can be served once only. */

/** Gives the first reading of every device; the list itself, or that of the time before, where nothing has changed. */
export class OneOfEach<Reading extends { readonly device: string }> {
  #given: readonly Reading[] = [];
  #kept: readonly Reading[] = [];

  of(list: readonly Reading[]): readonly Reading[] {
    if (list === this.#given) return this.#kept;
    this.#given = list;
    const names = new Set<string>();
    for (const { device } of list) names.add(device);
    if (names.size === list.length) this.#kept = list;
    else this.#kept = list.filter(({ device }) => names.delete(device));
    return this.#kept;
  }
}
