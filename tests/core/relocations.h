/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* relocations.h - what the objects in this directory are written with. */
#define SEC(name) __attribute__((section(name), used))
#define RELOCATED __attribute__((preserve_access_index))

/* The compiler must have the value in a register. */
#define USE(value) ({ asm volatile("" : : "r"((unsigned long long)(value))); })

/* By the names in the kernel's enums bpf_field_info_kind, bpf_type_info_kind. */
#define OFFSET(field) USE(__builtin_preserve_field_info(field, 0))
#define SIZE(field) USE(__builtin_preserve_field_info(field, 1))
#define EXISTS(field) USE(__builtin_preserve_field_info(field, 2))
#define SIGNED(field) USE(__builtin_preserve_field_info(field, 3))
#define SHIFTS(field) \
	USE(__builtin_preserve_field_info(field, 4)), USE(__builtin_preserve_field_info(field, 5))
#define ALL(field) OFFSET(field), SIZE(field), EXISTS(field), SIGNED(field), SHIFTS(field)
#define ADDRESS(field) OFFSET(field), SIZE(field), EXISTS(field), USE(&(field))
#define READ(field) ALL(field), USE(field)

#define TYPE_ID(type) \
	USE(__builtin_btf_type_id(*(type *)0, 0)), USE(__builtin_btf_type_id(*(type *)0, 1))
#define TYPE_SIZE(type) USE(__builtin_preserve_type_info(*(type *)0, 1))
#define TYPE_EXISTS(type) USE(__builtin_preserve_type_info(*(type *)0, 0))
#if __clang_major__ >= 15
#define TYPE_MATCHES(type) USE(__builtin_preserve_type_info(*(type *)0, 2))
#else
#define TYPE_MATCHES(type) ((void)0)
#endif
#define TYPE(type) TYPE_ID(type), TYPE_SIZE(type), TYPE_EXISTS(type), TYPE_MATCHES(type)

#define ENUM_EXISTS(type, name) USE(__builtin_preserve_enum_value(*(typeof(type) *)name, 0))
#define ENUM_VALUE(type, name) USE(__builtin_preserve_enum_value(*(typeof(type) *)name, 1))
#define ENUMERATOR(type, name) ENUM_EXISTS(type, name), ENUM_VALUE(type, name)

/* One program for each struct that is accessed. */
#define PROGRAM(name, pointer) SEC("raw_tp/sys_enter") int name(pointer)

char _license[] SEC("license") = "GPL";
