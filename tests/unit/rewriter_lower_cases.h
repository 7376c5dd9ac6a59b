/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Scripts in the language, and what is in the maps after each clause ran once, in order, on the mock of
 * the kernel (rewriter_lower_mock.h): task is { 7, "sshd", parent { 1, "init" }, in { 11, -5 } }, user
 * is "user text" in user memory, n is -17, the current task is bash with pid 42 and tid 43.
 */
#pragma once

struct lower_case {
	const char *script;
	const char *want;
	int max;	/* entries of each map; 0: many */
};

static const struct lower_case lower_cases[] = {
	{ "k:x { @n++; @n++; ++@n; @n += 5; @n -= 2; }", "@n[] = 6\nhits 1 lost 0 faults 0\n" },
	{ "k:x { @a[comm, pid] = @b[1]++ + --@b[2]; @c = @b[1] + @b[2] * 10 + @b[3]; }",
	  "@a['bash', 42] = -1\n@b[1] = 1\n@b[2] = -1\n@c[] = -9\nhits 1 lost 0 faults 0\n" },
	{ "k:x { @c[task->comm] = task->pid; @p[task->parent->comm] = n; }",
	  "@c['sshd'] = 7\n@p['init'] = -17\nhits 1 lost 0 faults 0\n" },
	{ "k:x { @x[task->parent->parent->pid] = task->parent->parent->parent->pid; }",
	  "@x[0] = 0\nhits 1 lost 0 faults 2\n" },
	{ "k:x { @t[str(user)] = str(task->name); @u = str(user, 5); @s = @u; @k[@u, @t[\"user text\"]]++; }",
	  "@t['user text'] = 'the task'\n@u[] = 'user'\n@s[] = 'user'\n"
	  "@k['user', 'the task'] = 1\nhits 1 lost 0 faults 0\n" },
	{ "k:x /comm == \"bash\"/ { @yes++; } k:x /comm == \"bas\"/ { @no++; } "
	  "k:x /comm != \"bash2\" && \"sshd\" == task->comm/ { @yes++; } k:x /str(user) == \"user tex\"/ { @no++; } "
	  "k:x /str(user, 5) == \"user\" && func == \"made_up\"/ { @yes++; @no += 0; }",
	  "@yes[] = 3\n@no[] = 0\nhits 3 lost 0 faults 0\n" },
	{ "k:x { @a = n / 5; @b = n % 5; @c = n / -5; int q = -7; q /= 2; @d = q; q %= 2; @e = q; @f = -9; "
	  "@f /= 2; u32 u = 7; @g = u / 2; @h = @a / @e; }",
	  "@a[] = -3\n@b[] = -2\n@c[] = 3\n@d[] = -3\n@e[] = -1\n@f[] = -4\n@g[] = 3\n@h[] = 3\n"
	  "hits 1 lost 0 faults 0\n" },
	{ "k:x { for (int i = 0; i < 3; i++) @s = sum(i * 10 - 1); @c[1] = count(); @c[1] = count(); "
	  "@t = stats(5); @t = stats(-3); @t = stats(4); @v = avg(7); @lo = min(n); @lo = min(3); "
	  "@hi = max(n); @hi = max(-20); }",
	  "@s[] = 27\n@c[1] = 2\n@t[] = 3 6 -3 5\n@v[] = 1 7 7 7\n@lo[] = -17 1\n@hi[] = -17 1\n"
	  "hits 1 lost 0 faults 0\n" },
	{ "k:x { @h = hist(-1); @h = hist(0); @h = hist(1); @h = hist(2); @h = hist(3); @h = hist(4); "
	  "@h = hist(1023); @h = hist(1024); u64 big = -1; @h = hist(big); }",
	  "@h[] = 0:1 1:1 2:1 3:2 4:1 11:1 12:1 65:1\nhits 1 lost 0 faults 0\n" },
	{ "k:x { @l = lhist(-6, -5, 10, 4); @l = lhist(-5, -5, 10, 4); @l = lhist(-1, -5, 10, 4); "
	  "@l = lhist(9, -5, 10, 4); @l = lhist(10, -5, 10, 4); }",
	  "@l[] = 1 1 1 0 1 1\nhits 1 lost 0 faults 0\n" },
	{ "k:x { @start[1] = 100; } k:x { @d = sum(nsecs - @start[tid]); @e = sum(@start[1]); @f = count(); "
	  "@g = sum(has(@start[tid]) ? 1 : 2); delete(@start[1]); }",
	  "@e[] = 100\n@f[] = 1\n@g[] = 2\nhits 2 lost 0 faults 0 skipped 1\n" },
	{ "k:x { printf(\"%d %s %s %s %s\", n, comm, task->comm, str(user), user); "
	  "emit(open, pid, task->name, task->in.q, task->mac, n > 0 ? \"up\" : \"down\"); }",
	  "printf : -17 'bash' 'sshd' 'user text' 'user text'\n"
	  "emit open: 42 ptr -5 010203040506 'down'\nhits 1 lost 0 faults 0\n" },
	{ "k:x { @m++; print(@m); clear(@m); zero(@m); exit(3); } k:x { exit(); }",
	  "print m:\nclear m:\nzero m:\nexit :\nexit :\n@m[] = 1\nhits 2 lost 0 faults 0\nexit 3\n" },
	{ "struct pair { u32 a; u64 b; }; k:x { struct pair p = { 1, 2 }; @v[p] = p; @n[@v[p].b]++; "
	  "struct pair q = @v[p]; @sum = q.a + q.b + @none[3].b; @none[q.a] = q; @in[task->in]++; }",
	  "@v[01000000000000000200000000000000] = 01000000000000000200000000000000\n@n[2] = 1\n@sum[] = 3\n"
	  "@none[1] = 01000000000000000200000000000000\n@in[0b00000000000000fbffffff00000000] = 1\n"
	  "hits 1 lost 0 faults 0\n" },
	{ "k:x { @p[1] = task; } k:x { @x[@p[1]->comm] = @p[1]->parent->pid; if (@p[2]) @x[\"no\"]++; }",
	  "@p[1] = ptr\n@x['sshd'] = 1\nhits 2 lost 0 faults 0\n" },
	{ "k:x { @a[1] = 1; @a[2] = 2; @a[3]++; @a[1] += 5; }", "@a[1] = 6\n@a[2] = 2\nhits 1 lost 1 faults 0\n", 2 },
	{ "BPF_HASH(h, u32, u64); k:x { u32 k = 5; u64 z = 9; h.update(&k, &z); h.increment(k); "
	  "h.increment(task->pid, 4); u64 *v = h.lookup(&k); if (v) *v += 100; @h[6] = *h.lookup(&k); "
	  "k = 8; h.lookup_or_try_init(&k, &z); h.insert(&k, &z); @h[8]++; k = 7; h.delete(&k); }",
	  "@h[5] = 110\n@h[6] = 110\n@h[8] = 10\nhits 1 lost 0 faults 0\n" },
	{ "static int half(struct task *t) { @seen[t->comm]++; return t->pid / 2; } "
	  "k:x { struct task s = { .pid = -9, .comm = \"mine\" }; @r[half(task), half(&s)]++; }",
	  "@seen['sshd'] = 1\n@seen['mine'] = 1\n@r[3, -4] = 1\nhits 1 lost 0 faults 0\n" },
	{ "#define BUMP(k) @m[k]++\n#define NAME task->comm\nk:x { BUMP(task->pid); BUMP(n); @s[NAME]++; "
	  "if (NAME == \"sshd\") @s[\"eq\"] = 1; }",
	  "@m[7] = 1\n@m[-17] = 1\n@s['sshd'] = 1\n@s['eq'] = 1\nhits 1 lost 0 faults 0\n" },
	{ "k:x { @[elapsed, target, cpu, uid, gid, cgroup, tid, $pid] = nsecs; }",
	  "@[2500, 42, 2, 1000, 100, 77, 43, 42] = 2000\nhits 1 lost 0 faults 0\n" },
	{ "k:x { @c[current->comm, current->real_parent->comm] = current->real_parent->tgid; char c = comm[1]; "
	  "@i = c; @j = str(user)[2]; @len = sizeof(comm); }",
	  "@c['bash', 'init'] = 1\n@i[] = 97\n@j[] = 101\n@len[] = 16\nhits 1 lost 0 faults 0\n" },
	{ "k:x { @m[n < 0 ? \"neg\" : \"positive\", min(n, 3)] = max(n, task->pid); @o |= 6; @o &= 3; @o ^= 1; "
	  "@q = 3; @q *= 5; @q <<= 1; if (!@q) return; @r = @q ? @q : 1; }",
	  "@m['neg', -17] = 7\n@o[] = 3\n@q[] = 30\n@r[] = 30\nhits 1 lost 0 faults 0\n" },
	{ "k:x { @w[own->in] = own->in; @c[own->comm, own->mac] = own->pid; if (own->comm == \"sshd\") @e++; }",
	  "@w[0b00000000000000fbffffff00000000] = 0b00000000000000fbffffff00000000\n"
	  "@c['sshd', 010203040506] = 7\n@e[] = 1\nhits 1 lost 0 faults 0\n" },
	{ "k:x { @a[1] += @b[2]++; @b[@a[1] + 2] += @b[2] + (n, 3); @c[@b[2]] = @c[@b[3]] = 8; }",
	  "@a[1] = 0\n@b[2] = 5\n@c[0] = 8\n@c[5] = 8\nhits 1 lost 0 faults 0\n" },
	{ "k:x { char buf[8] = \"xy\"; @[buf]++; @[\"xy\"]++; char c = buf[0]; @c[c, 'y'] = buf[1] == 'y'; "
	  "switch (@[\"xy\"]) { case 2: @two++; break; default: @other++; } }",
	  "@['xy'] = 2\n@c[120, 121] = 1\n@two[] = 1\nhits 1 lost 0 faults 0\n" },
	{ "k:x { struct inner i = {}; @s = i; @t[1] = \"abc\"; @n[1] = sizeof(@s) + sizeof(@n[1]) + sizeof(pid); "
	  "__typeof__(@s) j = task->in; @q = j.q; __typeof__(nsecs) t = 5; @t2 = t; }",
	  "@s[] = 00000000000000000000000000000000\n@t[1] = 'abc'\n@n[1] = 28\n@q[] = -5\n@t2[] = 5\n"
	  "hits 1 lost 0 faults 0\n" },
	{ "k:x { int count = 3, max = 4, sum = 5; @c = count(); @m = max(count); @k = max(max, min(count, 9)); "
	  "@h = hist(count); @s = sum(sum + max(max(1, 2), (count, 6))); if (has(@c)) delete(@s); }",
	  "@c[] = 1\n@m[] = 3 1\n@k[] = 4\n@h[] = 3:1\nhits 1 lost 0 faults 0\n" },
};
