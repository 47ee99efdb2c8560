/** How many images a shard has: as many as the vector kernels take at once. Results depend on it, so it is no option. */
export const shardSize = 16;
