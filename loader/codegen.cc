// SPDX-License-Identifier: GPL-3.0-or-later
//
// clang in process, behind the C interface of codegen.h: text and virtual files in, object file and
// diagnostics out. Knows nothing of the language bcsh adds. No real file is ever opened: the only
// file system there is holds the files given.
#include "loader/codegen.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

#include <clang/Basic/Diagnostic.h>
#include <clang/Basic/SourceManager.h>
#include <clang/CodeGen/CodeGenAction.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/CompilerInvocation.h>
#include <llvm/ADT/SmallString.h>
#include <llvm/DebugInfo/DWARF/DWARFContext.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/ErrorHandling.h>
#include <llvm/Support/VirtualFileSystem.h>
#include <llvm/Support/raw_ostream.h>

extern "C" {
void LLVMInitializeBPFTargetInfo(void);
void LLVMInitializeBPFTarget(void);
void LLVMInitializeBPFTargetMC(void);
void LLVMInitializeBPFAsmPrinter(void);
void LLVMInitializeBPFAsmParser(void);
void LLVMInitializeX86TargetInfo(void);
void LLVMInitializeX86Target(void);
void LLVMInitializeX86TargetMC(void);
void LLVMInitializeX86AsmPrinter(void);
void LLVMInitializeX86AsmParser(void);
}

namespace {

// Paths in the virtual file system. The main file's directory shows in line information.
constexpr char main_path[] = "/" CODEGEN_MAIN;
constexpr char include_dir[] = "/include";

const char *const common_args[] = {
	"-emit-obj", "-disable-free", "-clear-ast-before-backend", "-disable-llvm-verifier",
	"-discard-value-names", "-main-file-name", CODEGEN_MAIN, "-ffp-contract=on",
	"-mconstructor-aliases", "-fgnuc-version=4.2.1", "-nostdsysteminc", "-nobuiltininc",
	"-std=gnu11", "-ferror-limit", "20", "-fdebug-compilation-dir=/", "-isystem", include_dir,
};
// BTF is made whenever there is debug information. With the CodeView flavour, which BPF has no
// writer for, it is made alone: nobody would read the DWARF beside it.
const char *const bpf_args[] = {
	"-triple", "bpf", "-target-cpu", "v3", "-O2", "-mrelocation-model", "static",
	"-mframe-pointer=all", "-fdata-sections", "-debug-info-kind=constructor",
	"-gcodeview", "-fno-rounding-math",
};
const char *const host_args[] = {
	"-triple", "x86_64-pc-linux-gnu", "-target-cpu", "x86-64", "-O1",
	"-mrelocation-model", "pic", "-pic-level", "2", "-fmath-errno",
	"-fno-delete-null-pointer-checks", "-debug-info-kind=line-tables-only",
	"-dwarf-version=4",
};

void (*fatal_fn)(const char *text);

void on_fatal(void *, const char *reason, bool)
{
	if (fatal_fn)
		fatal_fn(reason);
	_Exit(70);
}

void on_bad_alloc()
{
	on_fatal(nullptr, "compiler out of memory", false);
}

// Keeps what clang has to say, with offsets into the main file.
class Collector : public clang::DiagnosticConsumer {
	std::vector<codegen_diag> &list;

	static bool from_backend(const clang::Diagnostic &info)
	{
		unsigned category = clang::DiagnosticIDs::getCategoryNumberForDiag(info.getID());

		return clang::DiagnosticIDs::getCategoryNameFromID(category) == "Backend Issue";
	}

	static size_t offset_of(const clang::Diagnostic &info)
	{
		if (!info.hasSourceManager() || info.getLocation().isInvalid())
			return (size_t)-1;
		const clang::SourceManager &sm = info.getSourceManager();
		auto at = sm.getDecomposedLoc(sm.getFileLoc(info.getLocation()));

		return at.first == sm.getMainFileID() ? at.second : (size_t)-1;
	}

public:
	explicit Collector(std::vector<codegen_diag> &out) : list(out) {}

	void HandleDiagnostic(clang::DiagnosticsEngine::Level level,
			      const clang::Diagnostic &info) override
	{
		llvm::SmallString<128> text;
		codegen_diag d = {};

		DiagnosticConsumer::HandleDiagnostic(level, info);
		// The text was parsed before in the form that was typed: the front end's warnings
		// are known, and here they would speak of words that nobody wrote.
		if (level < clang::DiagnosticsEngine::Note ||
		    (level == clang::DiagnosticsEngine::Warning && !from_backend(info)) ||
		    level == clang::DiagnosticsEngine::Remark)
			return;
		info.FormatDiagnostic(text);
		d.severity = level >= clang::DiagnosticsEngine::Error ? 0 :
			     level == clang::DiagnosticsEngine::Warning ? 1 : 2;
		d.offset = offset_of(info);
		d.message = strdup(text.c_str());
		list.push_back(d);
	}
};

llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> file_system(const char *text, size_t len,
							     const codegen_file *files, size_t n)
{
	auto fs = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();

	fs->addFile(main_path, 0,
		    llvm::MemoryBuffer::getMemBuffer(llvm::StringRef(text, len), main_path));
	for (size_t i = 0; i < n; i++) {
		std::string path = std::string(include_dir) + "/" + files[i].name;

		fs->addFile(path, 0, llvm::MemoryBuffer::getMemBuffer(
				llvm::StringRef(files[i].text, files[i].len), path));
	}
	return fs;
}

void *keep(const void *p, size_t len)
{
	void *copy = malloc(len ? len : 1);

	if (!copy)
		on_bad_alloc();
	if (len)
		memcpy(copy, p, len);
	return copy;
}

// Where the code of an object stands in the main file, for saying where it crashed.
std::vector<codegen_line> read_lines(llvm::StringRef object)
{
	std::vector<codegen_line> lines;
	auto file = llvm::object::ObjectFile::createObjectFile(
		llvm::MemoryBufferRef(object, CODEGEN_MAIN));

	if (!file) {
		llvm::consumeError(file.takeError());
		return lines;
	}
	auto dwarf = llvm::DWARFContext::create(**file);
	for (const auto &unit : dwarf->compile_units()) {
		const auto *table = dwarf->getLineTableForUnit(unit.get());

		for (size_t i = 0; table && i < table->Rows.size(); i++) {
			const auto &row = table->Rows[i];
			std::string name;

			table->getFileNameByIndex(
				row.File, "", llvm::DILineInfoSpecifier::FileLineInfoKind::RawValue,
				name);
			if (!row.EndSequence && row.Line &&
			    llvm::StringRef(name).ends_with(CODEGEN_MAIN))
				lines.push_back(
					{ (unsigned)row.Address.Address, row.Line, row.Column });
		}
	}
	std::stable_sort(
		lines.begin(), lines.end(),
		[](const codegen_line &a, const codegen_line &b) { return a.offset < b.offset; });
	return lines;
}

} // namespace

extern "C" void codegen_init(void)
{
	LLVMInitializeBPFTargetInfo();
	LLVMInitializeBPFTarget();
	LLVMInitializeBPFTargetMC();
	LLVMInitializeBPFAsmPrinter();
	LLVMInitializeBPFAsmParser();
	LLVMInitializeX86TargetInfo();
	LLVMInitializeX86Target();
	LLVMInitializeX86TargetMC();
	LLVMInitializeX86AsmPrinter();
	LLVMInitializeX86AsmParser();
}

extern "C" void codegen_set_fatal(void (*fn)(const char *text))
{
	fatal_fn = fn;
	llvm::remove_fatal_error_handler();
	llvm::install_fatal_error_handler(on_fatal, nullptr);
	llvm::remove_bad_alloc_error_handler();
	llvm::install_bad_alloc_error_handler(on_fatal, nullptr);
	std::set_new_handler(on_bad_alloc);
}

extern "C" int codegen_compile(enum codegen_target target, const char *text, size_t len,
			       const struct codegen_file *files, size_t n_files,
			       struct codegen_result *ret)
{
	std::vector<const char *> args(std::begin(common_args), std::end(common_args));
	std::vector<codegen_diag> diags;
	llvm::SmallString<0> object;
	bool ok;

	if (target == CODEGEN_BPF)
		args.insert(args.end(), std::begin(bpf_args), std::end(bpf_args));
	else
		args.insert(args.end(), std::begin(host_args), std::end(host_args));
	args.insert(args.end(), { "-x", "c", main_path });
	*ret = {};
	{
		Collector collector(diags);
		clang::CompilerInstance ci;

		ci.createDiagnostics(&collector, false);
		ok = clang::CompilerInvocation::CreateFromArgs(ci.getInvocation(), args,
							       ci.getDiagnostics());
		ci.setVerboseOutputStream(llvm::nulls());
		ci.createFileManager(file_system(text, len, files, n_files));
		ci.setOutputStream(std::make_unique<llvm::raw_svector_ostream>(object));
		if (ok) {
			clang::EmitObjAction action;

			ok = ci.ExecuteAction(action);
		}
		ok = ok && !ci.getDiagnostics().hasErrorOccurred();
	}
	if (!diags.empty())
		ret->diags = static_cast<codegen_diag *>(
			keep(diags.data(), diags.size() * sizeof(codegen_diag)));
	ret->n_diags = diags.size();
	if (!ok)
		return -1;
	ret->object = static_cast<char *>(keep(object.data(), object.size()));
	ret->object_len = object.size();
	if (target == CODEGEN_HOST) {
		std::vector<codegen_line> lines = read_lines(object.str());

		ret->n_lines = lines.size();
		ret->lines = static_cast<codegen_line *>(
			keep(lines.data(), lines.size() * sizeof(codegen_line)));
	}
	return 0;
}
