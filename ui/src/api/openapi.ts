/** The documents of the HTTP API. Written by openapi.mjs from docs/reference/openapi.yml: not to be changed by hand. */
import type { Json } from './json';

export interface components {
    schemas: {
        /** @description Part of a name, and names that are wanted in any case. */
        Autocomplete: {
            q?: string;
            ids?: string[];
            existingOnly?: boolean;
        };
        /** @description Dates that are made up for, those after ``start`` up to ``end``; ``currentDate`` is the last one so far. */
        Backfill: {
            /** Format: date-time */
            start: string;
            /** Format: date-time */
            end?: string;
            /** Format: date-time */
            currentDate?: string;
            paused: boolean;
            inputs?: {
                [key: string]: components["schemas"]["Json"];
            };
            labels?: components["schemas"]["Label"][];
            /** Format: date-time */
            previousNextExecutionDate?: string;
        };
        /** @enum {string} */
        BranchType: "ERROR" | "FINALLY" | "AFTER_EXECUTION";
        /** @description A task, or one round of a loop, before which an execution stops. */
        Breakpoint: {
            id: string;
            value?: string;
        };
        /** @description Why a bulk request was not carried out, item by item. */
        BulkError: {
            message: string;
            invalids: components["schemas"]["InvalidItem"][];
        };
        /** @description How many things were changed, in the words of 1.0 and, for some operations, of 2.0. */
        BulkResponse: {
            count: number;
            totalItems?: number;
        };
        /** @description A check of a flow that does not hold for these inputs. */
        CheckFailure: {
            message: string;
            style: string;
            behavior: string;
        };
        /** @description How many executions of a flow hold a slot, and how many may. */
        ConcurrencyLimit: {
            tenantId: string;
            namespace: string;
            flowId: string;
            running: number;
            limit: number;
        };
        /** @description What clients need to know of the server. */
        Configuration: {
            uuid: string;
            version: string;
            edition: string;
            isCustomDashboardsEnabled: boolean;
            isTaskRunEnabled: boolean;
            isAnonymousUsageEnabled: boolean;
            isUiAnonymousUsageEnabled: boolean;
            isTemplateEnabled: boolean;
            preview: components["schemas"]["PreviewLimits"];
            systemNamespace: string;
            hiddenLabelsPrefixes: string[];
            resourceToFilters: components["schemas"]["ResourceFilters"][];
            isAiEnabled: boolean;
            isBasicAuthInitialized: boolean;
            pluginsHash: number;
            chartDefaultDuration: string;
            isConcurrencyViewEnabled: boolean;
            url?: string;
            environment?: {
                [key: string]: string;
            };
        };
        /** @description A trigger by name and the dates it is to make up for. */
        CreateBackfill: {
            namespace: string;
            flowId: string;
            triggerId: string;
            backfill: components["schemas"]["NewBackfill"];
        };
        /** @description A user's name and password. */
        Credentials: {
            username: string;
            password: string;
        };
        /** @description A state without its history. */
        CurrentState: {
            current: components["schemas"]["StateType"];
        };
        /** @description How many executions there were since a day. */
        DailyExecutions: {
            startDate: string;
            executionCounts: {
                [key: string]: number;
            };
            total: number;
        };
        /** @description The docs of a type, in Markdown, and its schemas. */
        DocumentationWithSchema: {
            markdown: string;
            schema: components["schemas"]["PluginSchema"];
        };
        /** @description Why a request was not carried out; ``errors`` where several things are wrong. */
        Error: {
            message: string;
            _links: {
                [key: string]: components["schemas"]["ErrorLink"];
            };
            _embedded: {
                [key: string]: components["schemas"]["ErrorDetail"][];
            };
            type: string;
            title: string;
            status: number;
            detail: string;
            instance: string;
            errors?: components["schemas"]["ErrorDetail"][];
            traceId?: string;
        };
        /** @description One thing that is wrong, and where. */
        ErrorDetail: {
            message: string;
            path?: string;
            line?: number | null;
            column?: number | null;
        };
        /** @description A link. */
        ErrorLink: {
            href: string;
            templated: boolean;
        };
        /** @description What a template comes to, or why it cannot be rendered. */
        EvalResult: {
            result?: string;
            error?: string;
            stackTrace?: string;
        };
        /** @description An execution. ``url`` is there when it was just made; ``partial`` when only task runs that changed are listed. */
        Execution: {
            tenantId: string;
            id: string;
            namespace: string;
            flowId: string;
            flowRevision: number;
            taskRunList?: components["schemas"]["TaskRun"][];
            inputs?: {
                [key: string]: components["schemas"]["Json"];
            };
            outputs?: {
                [key: string]: components["schemas"]["Json"];
            };
            labels?: components["schemas"]["Label"][];
            variables?: {
                [key: string]: components["schemas"]["Json"];
            };
            state: components["schemas"]["State"];
            parentId?: string;
            originalId: string;
            trigger?: components["schemas"]["ExecutionTrigger"];
            deleted: boolean;
            metadata: components["schemas"]["ExecutionMetadata"];
            /** Format: date-time */
            scheduleDate?: string;
            traceParent?: string;
            fixtures?: components["schemas"]["TaskFixture"][];
            kind?: components["schemas"]["ExecutionKind"];
            breakpoints?: components["schemas"]["Breakpoint"][];
            url?: string;
            partial?: boolean;
        };
        /** @enum {string} */
        ExecutionKind: "TEST" | "PLAYGROUND" | "LOOP";
        /** @description How often an execution was begun, and when first. */
        ExecutionMetadata: {
            attemptNumber: number;
            /** Format: date-time */
            originalCreatedDate: string;
        };
        /** @description Where one of the executions that belong together stands. */
        ExecutionStatusEvent: {
            executionId: string;
            tenantId: string;
            namespace: string;
            flowId: string;
            state: components["schemas"]["CurrentState"];
        };
        /** @description What started an execution, and what it knew. */
        ExecutionTrigger: {
            id: string;
            type: string;
            variables: {
                [key: string]: components["schemas"]["Json"];
            };
            logFile?: string;
        };
        /** @description How many executions there were. */
        ExecutionUsage: {
            dailyExecutionsCount: components["schemas"]["DailyExecutions"][];
        };
        /** @description Expressions by what they are about, without their braces. */
        ExpressionCategories: {
            taskOutputs: string[];
            executionContext: string[];
            inputs: string[];
            variables: string[];
            secrets: string[];
            kvPairs: string[];
            namespaceFiles: string[];
            filters: string[];
            functions: string[];
            appContext: string[];
        };
        /** @description What expressions of a flow can name. */
        ExpressionContext: {
            categories: components["schemas"]["ExpressionCategories"];
        };
        /** @description A file or a folder; times are milliseconds since 1970. */
        FileAttributes: {
            /** @enum {string} */
            type: "File" | "Directory";
            fileName: string;
            size: number;
            lastModifiedTime: number;
            creationTime: number;
        };
        /** @description How large a file is, in bytes. */
        FileMetas: {
            size: number;
        };
        /** @description The beginning of a file: a text, rows, or an image in Base64. ``maxLine`` is the limit that was used. */
        FilePreview: {
            extension: string;
            /** @enum {string} */
            type: "TEXT" | "LIST" | "IMAGE" | "MARKDOWN" | "PDF";
            content: components["schemas"]["Json"];
            maxLine: number;
            truncated: boolean;
        };
        /** @description One state of a file. */
        FileRevision: {
            revision: number;
            /** Format: date-time */
            updated: string;
            size: number;
        };
        /** @description What can be filtered by, and how it can be compared. */
        FilterField: {
            name: string;
            value: string;
            operations: components["schemas"]["FilterOperation"][];
        };
        /** @description A way to compare. */
        FilterOperation: {
            name: string;
            value: string;
        };
        /**
         * @description A flow: what its source says, with labels as a list, and what the server knows of it.
         *
         *     ``source`` is there when asked for, ``exception`` when the source is not right.
         */
        Flow: {
            tenantId: string;
            id: string;
            namespace: string;
            revision: number;
            description?: string;
            inputs?: components["schemas"]["Input"][];
            outputs?: {
                [key: string]: components["schemas"]["Json"];
            }[];
            variables?: {
                [key: string]: components["schemas"]["Json"];
            };
            labels?: components["schemas"]["Label"][];
            concurrency?: {
                [key: string]: components["schemas"]["Json"];
            };
            tasks: components["schemas"]["Task"][];
            triggers?: components["schemas"]["TriggerDefinition"][];
            disabled: boolean;
            deleted: boolean;
            draft: boolean;
            /** Format: date-time */
            updated?: string;
            exception?: string;
            source?: string;
        } & {
            [key: string]: components["schemas"]["Json"];
        };
        /** @description A flow as people see it who may not read flows. */
        FlowForExecution: {
            tenantId: string;
            id: string;
            namespace: string;
            revision: number;
            description?: string;
            inputs?: components["schemas"]["Input"][];
            outputs?: {
                [key: string]: components["schemas"]["Json"];
            }[];
            labels?: components["schemas"]["Label"][];
            variables?: {
                [key: string]: components["schemas"]["Json"];
            };
            tasks: components["schemas"]["TaskForExecution"][];
            errors?: components["schemas"]["TaskForExecution"][];
            finally?: components["schemas"]["TaskForExecution"][];
            afterExecution?: components["schemas"]["TaskForExecution"][];
            triggers?: components["schemas"]["TriggerForExecution"][];
            disabled: boolean;
            deleted: boolean;
        };
        /** @description What a picture of a flow draws. */
        FlowGraph: {
            nodes: components["schemas"]["GraphNode"][];
            edges: components["schemas"]["GraphEdge"][];
            clusters: components["schemas"]["GraphMembers"][];
        };
        /** @description A flow by name. */
        FlowName: {
            namespace: string;
            id: string;
        };
        /** @description A flow of a graph; ``uid`` is what edges name. */
        FlowNode: {
            uid: string;
            tenantId: string;
            namespace: string;
            id: string;
        };
        /** @description That one flow starts another. */
        FlowTopologyEdge: {
            source: string;
            target: string;
            relation: components["schemas"]["Relation"];
        };
        /** @description Flows, and which starts which. */
        FlowTopologyGraph: {
            nodes: components["schemas"]["FlowNode"][];
            edges: components["schemas"]["FlowTopologyEdge"][];
        };
        /** @description How many flows there are. */
        FlowUsage: {
            count: number;
            namespacesCount: number;
        };
        /** @description A flow with tasks that should be replaced. */
        FlowWithDeprecatedTasks: {
            namespace: string;
            flowId: string;
            revision: number;
            deprecatedTasks: components["schemas"]["OldTask"][];
        };
        /** @description A flow whose source holds a text, and the lines that do, with each place marked. */
        FoundSource: {
            model: components["schemas"]["Flow"];
            fragments: string[];
        };
        /** @description A task that holds tasks, or a flow inside another. */
        GraphCluster: {
            uid: string;
            type: string;
            branchType?: components["schemas"]["BranchType"];
            relationType?: components["schemas"]["RelationType"];
            taskNode?: components["schemas"]["GraphNode"];
            finally?: components["schemas"]["GraphPlace"];
        };
        /** @description A line between two nodes. */
        GraphEdge: {
            source: string;
            target: string;
            relation: components["schemas"]["GraphRelation"];
        };
        /** @description What a cluster holds: nodes and clusters by uid. ``parents`` are the clusters around it, outer ones first. */
        GraphMembers: {
            cluster: components["schemas"]["GraphCluster"];
            nodes: string[];
            parents: string[];
            start: string;
            end: string;
        };
        /**
         * @description A node: a task or a trigger, or where a cluster begins and ends.
         *
         *     ``taskRun`` and ``values``, those of the loops around it, are there in graphs of executions.
         */
        GraphNode: {
            uid: string;
            type: string;
            branchType?: components["schemas"]["BranchType"];
            relationType?: components["schemas"]["RelationType"];
            task?: components["schemas"]["Task"];
            taskRun?: components["schemas"]["TaskRun"];
            values?: string[];
            triggerDeclaration?: components["schemas"]["TriggerDefinition"];
            trigger?: components["schemas"]["Trigger"];
        };
        /** @description A node by name. */
        GraphPlace: {
            uid: string;
            type: string;
        };
        /** @description How a node follows another; ``value`` is the branch of a choice or the value of a loop. */
        GraphRelation: {
            relationType?: components["schemas"]["RelationType"];
            value?: string;
        };
        /** @enum {string} */
        GroupBy: "hour" | "day" | "week" | "month";
        /** @description Whether the server can work. */
        Health: {
            /** @enum {string} */
            status: "UP" | "DOWN";
        };
        /** @description An input as a flow declares it; each type has properties of its own. */
        Input: {
            id: string;
            type: string;
            required?: boolean;
            defaults?: components["schemas"]["Json"];
            prefill?: components["schemas"]["Json"];
            displayName?: string;
            description?: string;
            values?: components["schemas"]["Json"][];
            options?: components["schemas"]["Json"][];
            isRadio?: boolean;
            allowCustomValue?: boolean;
            itemType?: string;
            min?: number | string;
            max?: number | string;
            validator?: string;
            inputs?: components["schemas"]["Input"][];
        } & {
            [key: string]: components["schemas"]["Json"];
        };
        /** @description An input, what became of it, and what is wrong with it. */
        InputAndValue: {
            input: components["schemas"]["Input"];
            enabled: boolean;
            isDefault: boolean;
            errors: components["schemas"]["Message"][];
            value?: components["schemas"]["Json"];
        };
        /** @description A type of inputs. */
        InputType: {
            type: string;
            cls: string;
        };
        /** @description An item of a bulk request that it cannot be done to. */
        InvalidItem: {
            message: string;
            invalidValue: string;
            propertyPath: string;
        };
        /** @description A value with its type. */
        KeyValueDetail: {
            type: components["schemas"]["KeyValueType"];
            value?: components["schemas"]["Json"];
            revision: number;
            /** Format: date-time */
            updated: string;
        };
        /** @description A key, without its value. */
        KeyValueEntry: {
            namespace: string;
            key: string;
            revision: number;
            /** Format: date-time */
            creationDate: string;
            /** Format: date-time */
            updateDate: string;
            description?: string;
            /** Format: date-time */
            expirationDate?: string;
        };
        /** @enum {string} */
        KeyValueType: "STRING" | "NUMBER" | "BOOLEAN" | "DATETIME" | "DATE" | "DURATION" | "JSON";
        /** @description Keys by name. */
        Keys: {
            keys: string[];
        };
        /** @description A label. */
        Label: {
            key: string;
            value: string;
        };
        /** @description One of the newest executions of a flow; ``duration`` is in ISO-8601 and runs until there is an end. */
        LastExecutionResponse: {
            id: string;
            flowId: string;
            namespace: string;
            /** Format: date-time */
            startDate: string;
            status: components["schemas"]["StateType"];
            duration: string;
        };
        /** @enum {string} */
        Level: "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR";
        /** @description A line of a log. */
        LogEntry: {
            tenantId: string;
            namespace: string;
            flowId: string;
            taskId?: string;
            executionId?: string;
            taskRunId?: string;
            attemptNumber: number | null;
            triggerId?: string;
            /** Format: date-time */
            timestamp: string;
            level: components["schemas"]["Level"];
            thread?: string;
            message: string;
            deleted: boolean;
        };
        /** @description One page of log lines. */
        LogPage: {
            results: components["schemas"]["LogEntry"][];
            total: number;
            /** @enum {string} */
            type: "OFFSET";
        };
        /** @description Whether there is a user yet. */
        LoginConfiguration: {
            isBasicAuthInitialized: boolean;
        };
        /** @description A sentence for people. */
        Message: {
            message: string;
        };
        /** @description One point of a metric over time; ``date`` begins its stretch. */
        MetricAggregation: {
            name: string;
            value: number;
            /** Format: date-time */
            date: string;
        };
        /** @description A metric over time, and how wide its stretches are. */
        MetricAggregations: {
            groupBy: components["schemas"]["GroupBy"];
            aggregations: components["schemas"]["MetricAggregation"][];
        };
        /** @description A number that a task published; timers are in milliseconds. */
        MetricEntry: {
            tenantId: string;
            namespace: string;
            flowId: string;
            taskId: string;
            executionId: string;
            taskRunId: string;
            type: components["schemas"]["MetricType"];
            name: string;
            value: number;
            /** Format: date-time */
            timestamp: string;
            tags?: {
                [key: string]: string;
            };
        };
        /** @enum {string} */
        MetricType: "counter" | "timer";
        /** @description A namespace. */
        Namespace: {
            id: string;
            deleted: boolean;
        };
        /**
         * @description Dates to make up for: those after ``start`` up to ``end``, now when absent.
         *
         *     Inputs and labels win over those of the trigger.
         */
        NewBackfill: {
            /** Format: date-time */
            start: string;
            /** Format: date-time */
            end?: string;
            paused?: boolean;
            inputs?: {
                [key: string]: components["schemas"]["Json"];
            };
            labels?: components["schemas"]["Label"][];
        };
        /** @description A task whose type is deprecated or has another name now. */
        OldTask: {
            taskId: string;
            taskType: string;
            replacement?: string;
        };
        /** @description One page of a list; ``total`` counts what is on all pages. */
        PagedResults_ConcurrencyLimit_: {
            results: components["schemas"]["ConcurrencyLimit"][];
            total: number;
        };
        /** @description One page of a list; ``total`` counts what is on all pages. */
        PagedResults_Execution_: {
            results: components["schemas"]["Execution"][];
            total: number;
        };
        /** @description One page of a list; ``total`` counts what is on all pages. */
        PagedResults_Flow_: {
            results: components["schemas"]["Flow"][];
            total: number;
        };
        /** @description One page of a list; ``total`` counts what is on all pages. */
        PagedResults_FoundSource_: {
            results: components["schemas"]["FoundSource"][];
            total: number;
        };
        /** @description One page of a list; ``total`` counts what is on all pages. */
        PagedResults_KeyValueEntry_: {
            results: components["schemas"]["KeyValueEntry"][];
            total: number;
        };
        /** @description One page of a list; ``total`` counts what is on all pages. */
        PagedResults_MetricEntry_: {
            results: components["schemas"]["MetricEntry"][];
            total: number;
        };
        /** @description One page of a list; ``total`` counts what is on all pages. */
        PagedResults_Namespace_: {
            results: components["schemas"]["Namespace"][];
            total: number;
        };
        /** @description One page of a list; ``total`` counts what is on all pages. */
        PagedResults_Plugin_: {
            results: components["schemas"]["Plugin"][];
            total: number;
        };
        /** @description One page of a list; ``total`` counts what is on all pages. */
        PagedResults_Template_: {
            results: components["schemas"]["Template"][];
            total: number;
        };
        /** @description One page of a list; ``total`` counts what is on all pages. */
        PagedResults_TriggerPlugin_: {
            results: components["schemas"]["TriggerPlugin"][];
            total: number;
        };
        /** @description One page of a list; ``total`` counts what is on all pages. */
        PagedResults_TriggerWithDefinition_: {
            results: components["schemas"]["TriggerWithDefinition"][];
            total: number;
        };
        /** @description One page of a list; ``total`` counts what is on all pages. */
        PagedResults_Trigger_: {
            results: components["schemas"]["Trigger"][];
            total: number;
        };
        /** @description A function of expressions and the names of its arguments. */
        PebbleFunction: {
            name: string;
            arguments: string[];
        };
        /** @description A plugin, or one package of its types; ``aliases`` are names that types had. */
        Plugin: {
            name: string;
            title: string;
            description: string;
            group: string;
            subGroup?: string;
            version: string;
            manifest: {
                [key: string]: string;
            };
            aliases: string[];
            tasks: components["schemas"]["PluginClass"][];
            triggers: components["schemas"]["PluginClass"][];
            conditions: components["schemas"]["PluginClass"][];
            taskRunners: components["schemas"]["PluginClass"][];
            additionalPlugins: components["schemas"]["PluginClass"][];
            controllers: components["schemas"]["PluginClass"][];
            storages: components["schemas"]["PluginClass"][];
            secrets: components["schemas"]["PluginClass"][];
            apps: components["schemas"]["PluginClass"][];
            appBlocks: components["schemas"]["PluginClass"][];
            charts: components["schemas"]["PluginClass"][];
            dataFilters: components["schemas"]["PluginClass"][];
            dataFiltersKPI: components["schemas"]["PluginClass"][];
            logExporters: components["schemas"]["PluginClass"][];
            guides: string[];
            categories: string[];
        };
        /** @description A type that a plugin brings. */
        PluginClass: {
            cls: string;
            deprecated: boolean;
            title: string;
        };
        /** @description An icon, as SVG in Base64. */
        PluginIcon: {
            name: string;
            icon: string;
            flowable: boolean;
        };
        /** @description The JSON Schemas of a type: what it takes and, for tasks, what it gives. */
        PluginSchema: {
            properties: {
                [key: string]: components["schemas"]["Json"];
            };
            outputs?: {
                [key: string]: components["schemas"]["Json"];
            };
            definitions?: {
                [key: string]: components["schemas"]["Json"];
            };
        };
        /** @description The installed versions of a type. */
        PluginVersions: {
            type: string;
            versions: string[];
        };
        /** @description How many rows of a file are shown at first, and at most. */
        PreviewLimits: {
            initial: number;
            max: number;
        };
        /** @description One thing that is wrong with a source; lines and columns count from 1. */
        Problem: {
            path: string;
            message: string;
            line?: number;
            column?: number;
        };
        /** @enum {string} */
        Relation: "FLOW_TASK" | "FLOW_TRIGGER";
        /** @enum {string} */
        RelationType: "SEQUENTIAL" | "CHOICE" | "ERROR" | "PARALLEL" | "DYNAMIC" | "FINALLY" | "AFTER_EXECUTION";
        /** @description Templates, and the execution that sees them. */
        RenderExpressionRequest: {
            expressions: string[];
            executionId?: string;
        };
        /** @description What each template comes to. */
        RenderedExpressions: {
            rendered: {
                [key: string]: components["schemas"]["Json"];
            };
        };
        /** @description What a list can be filtered by. */
        ResourceFilters: {
            name: string;
            fields: components["schemas"]["FilterField"][];
        };
        /** @description How many executions are thought to run: read by nobody, they are counted. */
        Running: {
            tenantId?: string;
            namespace?: string;
            flowId?: string;
            running?: number;
        };
        /** @description What a secret is for. */
        SecretChange: {
            description?: string | null;
            tags?: components["schemas"]["Label"][] | null;
        };
        /** @description One page of secrets; ``readOnly`` when none can be set. */
        SecretList: {
            readOnly: boolean;
            results: components["schemas"]["SecretMeta"][];
            total: number;
        };
        /** @description A secret without its value; one without a namespace is from the server's environment. */
        SecretMeta: {
            key: string;
            tags: components["schemas"]["Label"][];
            namespace?: string;
            description?: string;
        };
        /** @description A secret to keep. */
        SecretValue: {
            description?: string | null;
            tags?: components["schemas"]["Label"][] | null;
            key: string;
            value: string;
        };
        /** @description Executions and the labels they are to have too. */
        SetLabelsByIdsRequest: {
            executionsId: string[];
            executionLabels: components["schemas"]["Label"][];
        };
        /** @description Where something stands and how it came there. ``duration`` is in ISO-8601; it runs until there is an end. */
        State: {
            current: components["schemas"]["StateType"];
            histories: components["schemas"]["StateHistory"][];
            duration: string;
            /** Format: date-time */
            startDate: string;
            /** Format: date-time */
            endDate?: string;
        };
        /** @description How many executions that began in a stretch of time are in a state; ``start`` begins the stretch. */
        StateCount: {
            /** Format: date-time */
            start: string;
            state: components["schemas"]["StateType"];
            count: number;
        };
        /** @description A state and when it was entered. */
        StateHistory: {
            state: components["schemas"]["StateType"];
            /** Format: date-time */
            date: string;
        };
        /** @description A task run and the state it is to have. */
        StateRequest: {
            taskRunId: string;
            state: components["schemas"]["StateType"];
        };
        /** @enum {string} */
        StateType: "CREATED" | "RUNNING" | "PAUSED" | "RESTARTED" | "KILLING" | "SUCCESS" | "WARNING" | "FAILED" | "KILLED" | "CANCELLED" | "QUEUED" | "RETRYING" | "RETRIED" | "SKIPPED" | "BREAKPOINT";
        /** @description A task as its flow has it; each type has properties of its own. What is wrong may lack even these. */
        Task: {
            id?: string;
            type?: string;
        } & {
            [key: string]: components["schemas"]["Json"];
        };
        /** @description What a task is said to have given, instead of running. */
        TaskFixture: {
            id: string;
            value?: string;
            state?: components["schemas"]["StateType"];
            outputs?: {
                [key: string]: components["schemas"]["Json"];
            };
        };
        /** @description A task without what it does; ``inputs`` are those that a pause asks for. */
        TaskForExecution: {
            id: string;
            type: string;
            tasks?: components["schemas"]["TaskForExecution"][];
            inputs?: components["schemas"]["Input"][];
        };
        /** @description A task run that has outputs. */
        TaskOutputInformation: {
            taskId: string;
            taskRunId: string;
            inline: boolean;
            value?: string;
            iteration?: number;
        };
        /** @description A run of a task. ``value`` is what a loop gave it, ``iteration`` the how many-th it is there. */
        TaskRun: {
            tenantId: string;
            id: string;
            executionId: string;
            namespace: string;
            flowId: string;
            taskId: string;
            parentTaskRunId?: string;
            value?: string;
            attempts?: components["schemas"]["TaskRunAttempt"][];
            outputs?: {
                [key: string]: components["schemas"]["Json"];
            };
            state: components["schemas"]["State"];
            iteration?: number;
            dynamic?: boolean;
            forceExecution?: boolean;
        };
        /** @description One try of a task. */
        TaskRunAttempt: {
            state: components["schemas"]["State"];
            workerId?: string;
            logFile?: string;
        };
        /** @description A list of tasks with a name of its own. */
        Template: {
            id: string;
            namespace: string;
            deleted: boolean;
            tasks: components["schemas"]["Task"][];
            description?: string;
            errors?: components["schemas"]["Task"][];
        };
        /** @description Where a trigger stands, in the words of 1.0 and of 2.0: what is not there is left out. */
        Trigger: {
            tenantId: string;
            namespace: string;
            flowId: string;
            triggerId: string;
            disabled: boolean;
            locked: boolean;
            kind: components["schemas"]["TriggerKind"];
            /** Format: date-time */
            date?: string;
            /** Format: date-time */
            evaluatedAt?: string;
            /** Format: date-time */
            lastTriggeredDate?: string;
            /** Format: date-time */
            nextExecutionDate?: string;
            /** Format: date-time */
            nextEvaluationDate?: string;
            stopAfter?: components["schemas"]["StateType"][];
            executionId?: string;
            /** Format: date-time */
            updatedDate?: string;
            /** Format: date-time */
            updatedAt?: string;
            /** Format: date-time */
            evaluateRunningDate?: string;
            backfill?: components["schemas"]["Backfill"];
            workerId?: string;
        };
        /** @description A trigger as its flow has it; each type has properties of its own. */
        TriggerDefinition: {
            id?: string;
            type?: string;
        } & {
            [key: string]: components["schemas"]["Json"];
        };
        /** @description A trigger without when it starts. */
        TriggerForExecution: {
            id: string;
            type: string;
        };
        /** @enum {string} */
        TriggerKind: "SCHEDULE" | "POLLING" | "REALTIME";
        /** @description A trigger by name. */
        TriggerName: {
            namespace: string;
            flowId: string;
            triggerId: string;
        };
        /** @description A type of triggers. */
        TriggerPlugin: {
            type: string;
            title: string;
        };
        /** @description A trigger by name, and whether it is to be off, or its backfill; what else its document has is not read. */
        TriggerSwitch: {
            namespace: string;
            flowId: string;
            triggerId: string;
            disabled?: boolean;
            backfill?: components["schemas"]["NewBackfill"];
        } & {
            [key: string]: components["schemas"]["Json"];
        };
        /** @description A trigger as its flow has it and where it stands, each under its name of 1.0 and of 2.0. */
        TriggerWithDefinition: {
            abstractTrigger?: components["schemas"]["TriggerDefinition"];
            trigger?: components["schemas"]["TriggerDefinition"];
            triggerContext: components["schemas"]["Trigger"];
            state: components["schemas"]["Trigger"];
        };
        /** @description How much a tenant holds. */
        Usage: {
            flows: components["schemas"]["FlowUsage"];
            executions: components["schemas"]["ExecutionUsage"];
        };
        /** @description What is wrong with one source. ``problems`` has what ``constraints`` says, for programs. */
        ValidateConstraintViolation: {
            index: number;
            outdated: boolean;
            deprecationPaths?: string[];
            warnings?: string[];
            infos?: string[];
            flow?: string;
            namespace?: string;
            filename?: string;
            constraints?: string;
            problems?: components["schemas"]["Problem"][];
        };
        /** @description What would become of the inputs of an execution. */
        ValidatedInputs: {
            id: string;
            namespace: string;
            inputs: components["schemas"]["InputAndValue"][];
            checks: components["schemas"]["CheckFailure"][];
        };
        /** @description The part of an execution that callers of webhooks see. */
        WebhookResponse: {
            tenantId: string;
            id: string;
            namespace: string;
            flowId: string;
            flowRevision: number;
            trigger?: components["schemas"]["ExecutionTrigger"];
            outputs?: {
                [key: string]: components["schemas"]["Json"];
            };
            labels?: components["schemas"]["Label"][];
            state: components["schemas"]["State"];
            url?: string;
        };
        /** @description #/components/schemas/Json */
        Json: Json;
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
