// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * libFuzzer entry: any bytes as a worker's flat program. Mutation starts from a good answer: random
 * bytes would hardly get past the first length. clang -fsanitize=fuzzer,address,undefined
 */
#include "flat_sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sample_take(data, size);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	if (size < 64 || seed % 16 == 0) {
		_cleanup_mem_ struct flat *f = mem_new(NULL, struct flat);
		struct strbuf good = STRBUF_INIT;

		sample_flat(f, f);
		flat_put(f, &good);
		size = good.len < max ? good.len : max;
		memcpy(data, good.text, size);
		strbuf_clear(&good);
	}
	return LLVMFuzzerMutate(data, size, max);
}
